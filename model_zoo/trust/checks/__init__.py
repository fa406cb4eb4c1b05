"""The checks of a map, one file each: a file is registered by lying here and declaring ``CHECK``."""
