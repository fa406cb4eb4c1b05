"""Scans: the bytes of an uploaded file go in, an immutable ``Scan`` comes out.

``decode_scan`` recognises the file by its content, never by its name, and hands it to the one module of
``scans/formats/`` that knows it, in this process where it is small and in one of its own where it is large (``apart``).
The resulting ``Scan`` holds grey float32 frames in which larger is brighter, the
display window, the pixel spacing and what the file says about the picture. Whatever is wrong with a file comes out as
a ``ZooError`` that a reader understands; memory stays within ``DecodeLimits``, and nothing is written to disk.
"""

from model_zoo.scans.apart import warm_decoder
from model_zoo.scans.decode import accepted_extensions, decode_scan
from model_zoo.scans.limits import DecodeLimits
from model_zoo.scans.scan import Scan, ScanMetadata, Window

__all__ = ["DecodeLimits", "Scan", "ScanMetadata", "Window", "accepted_extensions", "decode_scan", "warm_decoder"]
