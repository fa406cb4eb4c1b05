"""The command line: words of the shell flow in, an exit code and plain text or JSON flow out. The only place that prints.

One file per command; ``application`` parses, runs one and answers every error. ``--help`` has to come at once, so a
command imports what computes (and with it PyTorch) when it runs and not when it is listed.
"""

from model_zoo.cli.application import main

__all__ = ["main"]
