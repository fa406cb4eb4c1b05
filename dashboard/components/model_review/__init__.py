"""The evaluation of a model: what is drawn."""
