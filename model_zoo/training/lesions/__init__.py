"""Training of the networks that read, outline and box lesions: breast, brain, retina."""
