"""What stands behind the number of a finding: what is drawn."""
