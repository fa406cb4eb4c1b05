"""``python -m tests.recorded [NAME ...]``: record the answers, or some of them, anew."""

from __future__ import annotations

import json
import sys

from tests.recorded import ANSWERS, RECORDED, answer

kept = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.is_file() else {}
for name in sys.argv[1:] or ANSWERS:
    kept[name] = answer(name)
lines = ",\n".join(
    f"{json.dumps(name)}: {json.dumps(kept[name], separators=(',', ':'))}" for name in ANSWERS if name in kept
)
RECORDED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
