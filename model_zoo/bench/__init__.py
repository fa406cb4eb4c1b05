"""What a reading takes on this machine, step by step, beside the same methods called plainly."""
