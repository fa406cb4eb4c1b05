"""What a note or a patient says, as text with places: words, negation, and in ``extraction`` the quantities it states.

Every result holds half-open character spans into the text as given, so that a page can show where a statement was read.
"""
