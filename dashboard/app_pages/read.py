"""Read a case: the film with its maps, and beside it finding, place, risk and agreement as four cards on one screen."""

from __future__ import annotations

from dashboard.screens.reading.page import render_reading
from dashboard.session import session

render_reading(session())
