"""The What if panel: play with a value, see what would cross the threshold, and where the patient stands."""
