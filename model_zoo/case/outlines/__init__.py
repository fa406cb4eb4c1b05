"""What was outlined on a scan, as a case keeps it: asked for, turned into polygons, held against the maps."""
