"""The patient's values and risks: what is drawn."""
