"""Training on a folder of somebody's pictures: from the files to a version that can be read with."""
