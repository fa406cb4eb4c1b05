"""Property: whatever happens to the bytes of a valid file, the answer is a Scan or a ZooError, within seconds."""

import time

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_zoo.errors import ZooError
from model_zoo.scans import decode_scan
from tests.model_zoo.scans.scan_files import ANATOMY, dataset, dicom, picture, shipped

SMALL = (ANATOMY // 16).astype(np.uint8)
FILES = [
    picture(ANATOMY, "PNG"),
    picture(SMALL, "JPEG"),
    picture(ANATOMY, "TIFF"),
    picture(ANATOMY, "TIFF", compression="tiff_lzw"),
    picture(np.stack([SMALL] * 3, axis=2), "WEBP"),
    dicom(dataset()),
    shipped("MR_small_RLE.dcm"),
    shipped("MR_small_jp2klossless.dcm"),
    shipped("MR_small_jpeg_ls_lossless.dcm"),
    shipped("SC_rgb_small_odd_jpeg.dcm"),
    shipped("SC_rgb_jpeg_gdcm.dcm"),
]
SECONDS = 5.0


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    data=st.sampled_from(FILES),
    end=st.floats(0.0, 1.0),
    edits=st.lists(st.tuples(st.floats(0.0, 1.0, exclude_max=True), st.integers(0, 255)), max_size=8),
    in_header=st.booleans(),
)
def test_damaged_bytes_never_raise_anything_else(data, end, edits, in_header):
    damaged = bytearray(data)
    reach = min(len(damaged), 700) if in_header else len(damaged)
    for where, value in edits:
        damaged[int(where * reach)] = value
    kept = damaged if end > 0.5 else damaged[: int(2 * end * len(damaged))]
    start = time.process_time()
    try:
        scan = decode_scan(bytes(kept))
    except ZooError as e:
        refused, scan = e, None
    assert time.process_time() - start < SECONDS
    if scan is None:
        assert refused.message
        assert refused.hint
    else:
        assert scan.frames.dtype == np.float32
        assert np.isfinite(scan.frames).all()
