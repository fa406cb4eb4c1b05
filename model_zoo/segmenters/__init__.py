"""Segmentation models, one file each: a film flows in, a probability per pixel comes out."""

from model_zoo.registry import Registry
from model_zoo.segmenters.entry import SegmenterEntry

SEGMENTERS: Registry[SegmenterEntry] = Registry("segmenter", "model_zoo.segmenters", "SEGMENTER")

__all__ = ["SEGMENTERS", "SegmenterEntry"]
