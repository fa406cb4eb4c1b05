"""How a journey works the reading page: its drawers, the choice of the finding, the age that it asks for, what it shows."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.session import Session
from dashboard.viewmodels.case.state import state_word
from model_zoo.trust.state import State


def held(app: AppTest) -> Session:
    """Return what the session holds."""
    return app.session_state["diaphane_session"]


def drawn(app: AppTest) -> str:
    """Return every text on the page; no field, button or choice."""
    assert not app.exception
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def keys(app: AppTest) -> set[str]:
    """Return the keys of the buttons on the page."""
    return {button.key for button in app.button if button.key}


def without_maps(app: AppTest) -> AppTest:
    """Ask for no map from now on: for journeys that look at none, since each takes seconds."""
    held(app).methods = ()
    return app


def open_drawer(app: AppTest, name: str | None) -> AppTest:
    """Open a drawer under the film, ``None``: close it; the run ends when the reading is complete."""
    app.segmented_control(key="drawer-open").set_value(name).run()
    assert not app.exception
    return app


def choose_finding(app: AppTest, output: str) -> AppTest:
    """Choose the finding that is looked at, where another one is."""
    if held(app).reading.target != output:
        app.radio(key=f"target-{held(app).generation}").set_value(output).run()
    assert held(app).reading.target == output
    return app


def finding_state(app: AppTest, output: str) -> State:
    """Return the state of a finding as its line on the first card, or the heading of the card, says it."""
    review = held(app).reading.review
    assert review is not None
    findings = [finding.output for finding in review.prediction.findings]
    if len(findings) > 1:
        line = app.radio(key=f"target-{held(app).generation}").options[findings.index(output)]
    else:
        title = review.prediction.finding(output).title
        line = next(str(e.value) for e in app.markdown if str(e.value).startswith(f"## {title}"))
    (state,) = [state for state in State if state_word(state) in line]
    return state


def state_age(app: AppTest, years: float) -> AppTest:
    """Answer the first card, which asks for nothing but the age."""
    app.number_input(key=f"age-asked-{held(app).generation}").set_value(years).run()
    app.button(key="age-use").click().run()
    assert not app.exception
    return app
