"""Texts of a figure: the marks of our own figures stay, every other sign shows as it is."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.figures.plain import plain_figure

OWN = "<b>bold</b><br><span style='font-size:10px;color:#9aa4b0'>small</span>"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('<a href="http://evil.example">x</a>', '&lt;a href="http://evil.example">x&lt;/a>'),
        ("<A HREF='http://evil.example'>x</A>", "&lt;A HREF='http://evil.example'>x&lt;/A>"),
        ("<img src=x>", "&lt;img src=x>"),
        ("&lt;a href='x'&gt;", "&amp;lt;a href='x'&amp;gt;"),
        ("<span style='background:url(http://x)'>y</span>", "&lt;span style='background:url(http://x)'>y</span>"),
        ("<span href='x'>", "&lt;span href='x'>"),
        ("<b onclick='x'>", "&lt;b onclick='x'>"),
        ("<<b>a>", "&lt;<b>a>"),
        ("pO2 < 8 & > 4", "pO2 &lt; 8 &amp; > 4"),
        ("a\x1b[31m\u202eb", "a\\x1b[31m\\u202eb"),
        (OWN, OWN),
        ("%{y:.2f}<extra></extra>", "%{y:.2f}<extra></extra>"),
    ],
)  # fmt: skip
def test_a_text_wherever_it_stands(text: str, plain: str) -> None:
    figure = go.Figure(go.Bar(x=[text], y=[1.0], text=np.array([text], dtype=object), name=text, hovertemplate=text))
    figure.add_annotation(text=text)
    figure.update_layout(title={"text": text}, xaxis={"title": {"text": text}, "ticktext": [text], "tickvals": [0]})
    found = plain_figure(figure)
    (bar,) = found.data
    assert {bar.x[0], bar.text[0], bar.name, bar.hovertemplate} == {plain}
    axis = found.layout.xaxis
    assert {found.layout.annotations[0].text, found.layout.title.text, axis.title.text, axis.ticktext[0]} == {plain}
    assert bar.y[0] == 1.0
