"""ECG strips: a table of samples flows in, beats with their class, rhythm and attribution come out."""
