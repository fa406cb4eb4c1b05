"""Where a map points, in the reader's words: an attribution and what the case knows of the scan flow in, a ``Place`` comes out.

One module per part of the body. Only what speaks for the finding counts, in the grid of the scan; a side is named only where
the file, the convention of the films or the eye itself gives it, else the words speak of the picture.
"""

from model_zoo.places.place import PLACES, Place
from model_zoo.places.placing import place_of

__all__ = ["PLACES", "Place", "place_of"]
