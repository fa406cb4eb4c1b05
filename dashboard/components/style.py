"""The reading-room look: little chrome, tight spacing, the scan large. Only layout is styled; colours come from the theme."""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.block-container {padding: 3.6rem 1.6rem 2rem 1.6rem; max-width: 2200px;}
[data-testid="stSidebarHeader"] {padding-bottom: 0; height: 2.4rem;}
[data-testid="stSidebarUserContent"] h3 {font-size: 1rem; padding: .3rem 0 0 0;}
.st-key-case-header {padding: .3rem 0 .2rem 0;}
.st-key-case-header p {font-size: .86rem; margin-bottom: 0;}
.st-key-findings h3, .st-key-risks h3, .st-key-explain h3 {font-size: 1.02rem; padding: .2rem 0 .45rem 0; font-weight: 600;}
.st-key-findings [data-testid="stMarkdownContainer"] p, .st-key-risks [data-testid="stMarkdownContainer"] p,
.st-key-explain [data-testid="stMarkdownContainer"] p {font-size: .9rem;}
.st-key-findings, .st-key-risks {gap: .5rem;}
.st-key-alerts h3, .st-key-monitoring-hour h3 {font-size: 1.02rem; padding: .2rem 0 .3rem 0; font-weight: 600;}
.st-key-alerts [data-testid="stMarkdownContainer"] p, .st-key-monitoring-hour [data-testid="stMarkdownContainer"] p
{font-size: .88rem;}
.st-key-alerts [data-testid="stCaptionContainer"] p {font-size: .78rem;}
.st-key-alerts, .st-key-monitoring-hour {gap: .5rem;}
.st-key-monitoring-part {padding-top: .7rem;}
.st-key-ecg-beat h3, .st-key-ecg-table h3, .st-key-ecg-worth h3 {font-size: 1.02rem; padding: .2rem 0 .3rem 0; font-weight: 600;}
.st-key-ecg-beat [data-testid="stMarkdownContainer"] p, .st-key-ecg-worth [data-testid="stMarkdownContainer"] p {font-size: .9rem;}
.st-key-ecg-beat [data-testid="stCaptionContainer"] p, .st-key-ecg-worth [data-testid="stCaptionContainer"] p {font-size: .8rem;}
.st-key-ecg-beat, .st-key-ecg-table, .st-key-ecg-worth {gap: .5rem;}
.st-key-ecg-worth table, .st-key-ecg-shares-table table {font-size: .84rem; width: 100%;}
.st-key-ecg-worth th, .st-key-ecg-worth td {padding: .15rem .5rem;}
.st-key-monitoring-hour table {font-size: .84rem; width: 100%;}
.st-key-monitoring-hour th, .st-key-monitoring-hour td {padding: .1rem .5rem;}
.st-key-idle-watch {display: none;}
</style>
"""


def render_style() -> None:
    """Draw the style element; fixed text, no data."""
    st.html(_STYLE)
