"""Image classifiers, one file each: a scan's model input flows in, logits come out.

A module here that defines ``CLASSIFIER`` is a model; its weights and card lie in ``weights/<name>/``.
"""
