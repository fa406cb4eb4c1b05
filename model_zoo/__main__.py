"""``python -m model_zoo``: everything that reads, trains or measures, without a browser."""

import sys

from model_zoo.cli import main

if __name__ == "__main__":
    sys.exit(main())
