"""What a statement of a note means: whose, when, how certain, denied or not."""
