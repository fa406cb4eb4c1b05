"""Maps of a finding and whether they can be believed, as values for the page."""
