"""What the scan viewer draws, as values for the page."""
