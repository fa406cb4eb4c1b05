"""Maps of a finding and whether they can be believed: what is drawn."""
