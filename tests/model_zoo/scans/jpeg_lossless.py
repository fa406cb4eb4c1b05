"""A JPEG Lossless encoder for the tests (ISO 10918-1 process 14), written from the standard: what it encodes is known."""

from __future__ import annotations

import struct

import numpy as np


def jpeg_lossless(pixels: np.ndarray, bits: int, predictor: int = 1, restart_rows: int = 0) -> bytes:
    """Encode unsigned samples, (rows, cols) or (rows, cols, 3) interleaved.

    Parameters: bits: of a sample, 2 to 16. predictor: the selection value, 1 to 7 (table H.1). restart_rows: rows between
    restart markers, 0 for none.
    """
    planes = pixels.reshape(*pixels.shape[:2], -1).astype(np.int64)
    rows, cols, samples = planes.shape
    parts = b"".join(struct.pack("BBB", i + 1, 0x11, 0) for i in range(samples))
    selectors = b"".join(struct.pack("BB", i + 1, 0) for i in range(samples))
    # One Huffman table: the 17 categories of a difference, each in a code of 5 bits.
    table = b"\0" + bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    head = b"\xff\xd8" + _segment(0xC3, struct.pack(">BHHB", bits, rows, cols, samples) + parts) + _segment(0xC4, table)
    if restart_rows:
        head += _segment(0xDD, struct.pack(">H", restart_rows * cols))
    head += _segment(0xDA, struct.pack("B", samples) + selectors + struct.pack("BBB", predictor, 0, 0))
    stretches = []
    for start in range(0, rows, restart_rows or rows):
        stretch = planes[start : start + (restart_rows or rows)]
        stretches.append(_entropy_coded((stretch - _predicted(stretch, bits, predictor)).reshape(-1)))
    body = stretches[0] + b"".join(bytes([0xFF, 0xD0 + i % 8]) + more for i, more in enumerate(stretches[1:]))
    return head + body + b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _predicted(planes: np.ndarray, bits: int, predictor: int) -> np.ndarray:
    """Return the prediction of every sample: H.1.2.1, with the first row from the left and the first column from above."""
    left, above, corner = (np.roll(planes, shift, axis) for shift, axis in ((1, 1), (1, 0), ((1, 1), (0, 1))))
    found = {
        1: left,
        2: above,
        3: corner,
        4: left + above - corner,
        5: left + ((above - corner) >> 1),
        6: above + ((left - corner) >> 1),
        7: (left + above) >> 1,
    }[predictor].copy()
    found[0], found[:, 0] = left[0], above[:, 0]
    found[0, 0] = 1 << (bits - 1)
    return found


def _entropy_coded(differences: np.ndarray) -> bytes:
    bits = []
    for difference in differences.tolist():
        difference = (difference + 0x7FFF) % 0x10000 - 0x7FFF  # modulo 2^16, -32767 to 32768
        category = abs(difference).bit_length()
        bits.append(f"{category:05b}")
        if 0 < category < 16:  # 32768 has no further bits
            bits.append(f"{difference if difference > 0 else difference + (1 << category) - 1:0{category}b}")
    line = "".join(bits)
    line += "1" * (-len(line) % 8)
    return int(line, 2).to_bytes(len(line) // 8, "big").replace(b"\xff", b"\xff\0")
