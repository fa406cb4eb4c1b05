"""An ECG strip and its beats: what is drawn."""
