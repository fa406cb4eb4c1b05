"""Training of the chest networks: findings, lungs, mirrored films, and their trust card."""
