"""An ECG strip and its beats, as values for the page."""
