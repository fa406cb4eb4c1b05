"""The page's own server with one published picture, and an address that says where it lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import JSONResponse  # noqa: E402
from starlette.routing import Route  # noqa: E402

from dashboard.resources import resources, routes  # noqa: E402
from dashboard.web import middleware  # noqa: E402


async def published(_: Request) -> JSONResponse:
    return JSONResponse(resources().publish(os.environ["OWNER"], bytes(range(256)) * 40, "image/png"))


app = st.App(Path(__file__), routes=[*routes(), Route("/published", published)], middleware=middleware())
