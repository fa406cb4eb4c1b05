"""A saved case on the screen of an open one: the same header, cards and drawers from what was kept; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.catalogue import text
from dashboard.components.case.open import is_navigation
from dashboard.components.numbers.findings import render_insisted
from dashboard.components.page.announcer import render_announcer
from dashboard.components.page.print_case import render_print
from dashboard.export.report import build_report, report_html
from dashboard.navigation import APP_PAGES
from dashboard.screens.reading.drawers import TOGETHER, open_drawer, render_row
from dashboard.screens.reading.drawers.saved import saved_drawers
from dashboard.screens.reading.finding_card import render_finding_card
from dashboard.screens.reading.header import render_saved_header
from dashboard.screens.reading.map_card import render_map_words
from dashboard.screens.reading.risk_card import render_no_risk, render_risk_card
from dashboard.screens.reading.together_card import render_together_card
from dashboard.viewmodels.case.cards import build_finding_card, build_map_card, build_risk_card
from dashboard.viewmodels.together.card import saved_together
from model_zoo.card import ModelCard
from model_zoo.case import CaseReview
from model_zoo.case.reading import strongest_finding
from model_zoo.engine.outlines import reading_card
from model_zoo.errors import ZooError
from model_zoo.patients.features import FeatureSpec
from model_zoo.patients.risk_models import definitions
from model_zoo.places import place_of
from model_zoo.plain import plain

_TURN = "saved-turn"


def render_saved(
    review: CaseReview, asked: str | None, choose: Callable[[str], None], back: Callable[[], None]
) -> None:
    """Draw a saved case. asked: the finding to look at, where it has one of that name. choose: takes another. back: to the list."""
    outputs = [finding.output for finding in review.prediction.findings]
    target = asked if asked in outputs else strongest_finding(review)
    card, missing = _card(review)
    specs = _specs(review)
    if not specs:
        review = replace(review, risk_attributions=())
    with st.container(key=f"open-case-{review.case_id}"):
        render_saved_header(review, back)
        with st.container(key="screen"):
            film, cards = st.columns([55, 45], gap="small")
            with film, st.container(key="film-column"):
                with st.container(key="no-film", border=True):
                    _render_no_scan(review, card, missing)
                not_assessed = None if card is None else len(card.not_assessed)
                drawer = render_row(saved_drawers(review, card, target), not_assessed)
            with cards, st.container(key="cards", gap="small"):
                _render_cards(review, card, specs, target, choose)
    render_announcer(review.case_id, drawer=drawer)
    render_print(report_html(build_report(review, None), for_printer=True))


def _render_no_scan(review: CaseReview, card: ModelCard | None, missing: ZooError | None) -> None:
    """Say why there is no picture and how to see it again, and what speaks against comparing these numbers with a reading here."""
    st.markdown(f"## {text('saved.no_film')}")
    st.markdown(text("saved.kept_at", at=plain(review.created_at[:16].replace("T", " "))))
    st.markdown(text("saved.again", digest=plain(review.scan.sha256[:8])))
    st.page_link(APP_PAGES / "read.py", label=text("saved.read"), icon=":material/radiology:")
    if missing is not None:
        st.warning(f"{text('saved.no_model')}. {plain(missing.message)}", icon=":material/update:")
    elif card is not None and review.prediction.weights_sha256 != card.weights_sha256:
        st.warning(text("saved.other_weights"), icon=":material/update:")
    render_insisted(review)
    versions = ", ".join(f"{name} {number}" for name, number in (review.versions or {}).items())
    st.caption(text("saved.versions", model=plain(review.prediction.model), libraries=plain(versions)))


def _render_cards(
    review: CaseReview,
    card: ModelCard | None,
    specs: tuple[FeatureSpec, ...],
    target: str | None,
    choose: Callable[[str], None],
) -> None:
    with st.container(key="card-finding", border=True, gap="xsmall"):
        if card is None:
            st.markdown(f"## {text('saved.no_model')}")
        elif target is None:
            st.markdown(f"## {text('finding.outlines_only')}")
            st.caption(text("finding.outlines_only_says"))
        else:
            # With the history of the browser the address leads, and not what was pressed last.
            turn = st.session_state[_TURN] = st.session_state.get(_TURN, 0) + is_navigation()
            render_finding_card(build_finding_card(review, card, target), f"{_TURN}-{review.case_id}-{turn}", choose)
    with st.container(key="card-map", border=True, gap="xsmall"):
        explained = next((m for m in review.maps if m.attribution.target == target), None)
        if explained is None:
            render_map_words(None, text("saved.no_map"))
        else:
            found = build_map_card(review, explained, place_of(explained.attribution, review))
            render_map_words(found, stored=True)
    with st.container(key="card-risk", border=True, gap="xsmall"):
        risk = build_risk_card(review, specs)
        if risk is None:
            render_no_risk(review.risk_absent or text("risk.none"), "", None)
        else:
            render_risk_card(risk)
    with st.container(key="card-together", border=True, gap="xsmall"):
        render_together_card(saved_together(review.whole), partial(open_drawer, TOGETHER))


def _card(review: CaseReview) -> tuple[ModelCard | None, ZooError | None]:
    """Return the card of the model that read the case, or why there is none here that knows what it found."""
    try:
        card = reading_card(review.prediction.model)
        card.population(review.prediction.population)
        for finding in review.prediction.findings:
            card.output(finding.output)
    except ZooError as error:
        return None, error
    return card, None


def _specs(review: CaseReview) -> tuple[FeatureSpec, ...]:
    """Return the features of the patient model; none where the model here does not know all that weighed in the case."""
    definition = None if review.risk is None else definitions().get(review.risk.model)
    specs = () if definition is None else definition.specs
    known = {spec.name for spec in specs}
    weighed = {share.name for attribution in review.risk_attributions for share in attribution.contributions}
    return specs if weighed <= known else ()
