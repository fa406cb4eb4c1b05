"""The computed chest: anatomy, lesions, and its projection onto a film."""
