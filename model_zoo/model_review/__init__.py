"""The review of a model on labelled scans: which model, which table in whatever form, and the run."""
