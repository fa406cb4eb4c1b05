"""What the training of every patient model shares."""
