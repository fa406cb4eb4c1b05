"""What is on the screen, one folder a page; each reads like its picture."""
