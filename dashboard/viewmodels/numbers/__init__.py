"""What stands behind the number of a finding, as values for the page."""
