"""Second card: where the network looked, on a small film that is always there, and whether that map can be believed."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.catalogue import text
from dashboard.viewmodels.case.cards import MapCard
from dashboard.viewmodels.viewer.planes import Publish, picture_payload
from model_zoo.plain import plain
from model_zoo.trust.verdict import PENDING


def render_map_picture(card: MapCard, picture: bytes, publish: Publish | None, show: Callable[[], None]) -> None:
    """Draw the small film. picture: PNG of the film with the overlay. publish: see ``Publish``; without it the picture goes
    out with every drawing. show: puts the map on the large film.
    """
    sent = picture_payload(picture, publish)
    address = f"data:image/png;base64,{sent}" if isinstance(sent, str) else sent["url"]
    # No ``st.image``: it takes whole addresses and files, and answers files to whoever asks; ours go to this browser alone.
    alt = escape(text("map.alt", method=card.title))
    st.html(f'<img src="{escape(address)}" alt="{alt}" style="display: block; width: 100%">')
    st.button(text("map.show"), key="map-show", on_click=show, type="tertiary")


def render_map_words(card: MapCard | None, waiting: str = "", stored: bool = False) -> None:
    """Draw place and judgement. waiting: what is said while there is no map. stored: of a saved case, whose checks do not go on."""
    st.markdown(f"## {text('map.title')}")
    if card is None:
        st.caption(plain(waiting) or text("map.waiting"))
        return
    if not card.usable:
        st.markdown(f"**{text('map.not_to_be_used')}**")
    else:
        st.markdown(
            f"**{text('map.no_place') if card.place is None else text(f'place.{card.place.key}').capitalize()}**"
        )
    st.markdown(f":{card.colour}-badge[{card.mark} {judgement_words(card, stored)}]")
    for alarm in card.alarms[:1]:
        st.caption(f":material/campaign: {plain(alarm)}")
    if card.reason and not card.alarms:
        st.caption(plain(card.reason))


def judgement_words(card: MapCard, stored: bool = False) -> str:
    """Return what is thought of a map, in few words; how far its checks are, or were when the case was saved."""
    done, total = f"{card.done:d}", f"{card.total:d}"
    if card.verdict == PENDING and stored:
        return text("trust.unfinished", done=done, total=total)
    if card.verdict == PENDING:
        return text("map.pending", done=done, total=total)
    if not card.validated:
        return text("map.judged_unvalidated", verdict=plain(card.verdict))
    return text("map.judged", verdict=plain(card.verdict))
