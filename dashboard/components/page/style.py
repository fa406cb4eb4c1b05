"""The reading-room look: little chrome, tight spacing, the scan large. Only layout is styled; colours come from the theme.

One pair of the theme is mended: white on the primary blue of the dark theme has a contrast of 2.96:1. Under the pointer the blue
is darker, and white is right.
"""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.block-container {padding: 3.6rem 1.6rem 2rem 1.6rem; max-width: 2200px;}
[data-testid="stSidebarHeader"] {padding-bottom: 0; height: 2.4rem;}
[data-testid="stSidebarUserContent"] h3 {font-size: 1rem; padding: .3rem 0 0 0;}
.block-container h2 {font-size: 1.5rem; padding: .8rem 0 .4rem 0;}
.st-key-line-title h1 {font-size: 1rem; padding: 0; display: inline; font-weight: 600;}
.st-key-line-title [data-testid="stMarkdownContainer"] {display: flex; gap: .6rem; align-items: baseline; flex-wrap: wrap;}
.st-key-alerts :is(h2, h3), .st-key-monitoring-hour :is(h2, h3) {font-size: 1.02rem; padding: .2rem 0 .3rem 0; font-weight: 600;}
.st-key-alerts [data-testid="stMarkdownContainer"] p, .st-key-monitoring-hour [data-testid="stMarkdownContainer"] p
{font-size: .88rem;}
.st-key-alerts [data-testid="stCaptionContainer"] p {font-size: .78rem;}
.st-key-alerts, .st-key-monitoring-hour {gap: .5rem;}
.st-key-monitoring-part {padding-top: .7rem;}
.st-key-ecg-beat h2, .st-key-ecg-table h2, .st-key-ecg-worth h2 {font-size: 1.02rem; padding: .2rem 0 .3rem 0; font-weight: 600;}
.st-key-ecg-beat [data-testid="stMarkdownContainer"] p, .st-key-ecg-worth [data-testid="stMarkdownContainer"] p {font-size: .9rem;}
.st-key-ecg-beat [data-testid="stCaptionContainer"] p, .st-key-ecg-worth [data-testid="stCaptionContainer"] p {font-size: .8rem;}
.st-key-ecg-beat, .st-key-ecg-table, .st-key-ecg-worth {gap: .5rem;}
.st-key-ecg-worth table, .st-key-ecg-shares-table table {font-size: .84rem; width: 100%;}
.st-key-ecg-worth th, .st-key-ecg-worth td {padding: .15rem .5rem;}
.st-key-monitoring-hour table {font-size: .84rem; width: 100%;}
.st-key-monitoring-hour th, .st-key-monitoring-hour td {padding: .1rem .5rem;}
.st-key-theme-choice {position: fixed; top: .75rem; right: 9.5rem; width: auto; z-index: 999990;}
div:has(> :is(.st-key-theme-choice, .st-key-quiet-keys, .st-key-announcer)) {position: absolute;}
.st-key-quiet-keys, .st-key-announcer {display: none;}
[data-testid="stMain"] {scroll-padding-top: 4rem;}
.block-container:has([class*="st-key-open-case-"]) > .stVerticalBlock {gap: 0;}
[data-testid="stCaptionContainer"] {color: inherit; opacity: .8;}
/* The links to headings, all of one name: a case has an address of its own. */
[data-testid="stHeaderActionElements"] {display: none;}
/* What stands there is true of the case that it names until it is replaced, all of it at once: no number is dimmed. */
[class*="st-key-open-case-"] [data-stale="true"] {opacity: 1; transition: none;}
/* One case on one screen: a line of header, then film and cards in the height that is left. */
[class*="st-key-open-case-"] {--screen: calc(100vh - 7rem); gap: .3rem; flex: none;}
.block-container:has([class*="st-key-open-case-"]) {padding: 3.9rem .8rem 0 .8rem;}
.st-key-header {flex: none; flex-wrap: nowrap; height: 2.2rem;}
.st-key-header h1 {font-size: 1rem; padding: 0; display: inline; font-weight: 600;}
.st-key-header-facts [data-testid="stMarkdownContainer"] {display: flex; gap: .6rem; align-items: baseline; overflow: hidden;
white-space: nowrap;}
.st-key-header-facts h1, .st-key-header-facts h1 * {white-space: nowrap; flex-wrap: nowrap;}
.st-key-header [data-testid="stMarkdownContainer"], .st-key-header [data-testid="stCaptionContainer"] {margin: 0;}
.st-key-header p {font-size: .86rem; margin: 0;}
.st-key-header button {min-height: 2rem; height: 2rem; padding: .1rem .7rem;}
.st-key-film-column {height: var(--screen); flex: none; gap: .3rem; position: relative;}
.st-key-film-column > div:has(> .st-key-film-box) {flex: none; height: calc(var(--screen) - 2.5rem);}
.st-key-film-box, .st-key-film-box > .st-key-film, .st-key-film-box .stBidiComponent {height: 100%; flex: none; overflow: hidden;}
.st-key-film-box {--film-height: calc(var(--screen) - 2.5rem);}
.st-key-drawers {height: 2.2rem; flex: none;}
.st-key-under-way {position: absolute; right: 0; bottom: .4rem; width: auto; max-width: 14rem; z-index: 10;
white-space: nowrap; overflow: hidden; text-overflow: ellipsis; background: var(--st-background-color, Canvas);}
.st-key-drawer {position: absolute; bottom: 2.5rem; left: 0; right: 0; height: 64%; overflow-y: auto; z-index: 20;
background: var(--st-background-color, Canvas); box-shadow: 0 -.4rem 1.2rem rgba(0, 0, 0, .35); flex: none;}
/* What the drawer covers is no stop of the keyboard, and what opens over the film ends above it. */
.st-key-film-column:has(> div > .st-key-drawer, > .st-key-drawer) {--film-foot: hidden;
--film-uncovered: calc(var(--screen) * .36 - 2.5rem - 46px);}
.st-key-drawer h2 {font-size: 1.05rem; padding: 0;}
.st-key-drawer h3 {font-size: 1rem; padding: .2rem 0;}
.st-key-drawer [data-testid="stMarkdownContainer"] p {font-size: .9rem;}
.st-key-drawer [data-testid="stCaptionContainer"] p {font-size: .82rem;}
.st-key-drawer-head {justify-content: space-between;}
.st-key-no-film {height: calc(var(--screen) - 2.5rem); flex: none; overflow-y: auto; padding: 1rem 1.4rem;}
.st-key-no-film h2 {font-size: 1.15rem; padding: 0;}
.st-key-cards {height: var(--screen); flex: none; gap: .4rem;}
[class*="st-key-card-"] {flex: none; overflow-y: auto; padding: .45rem .8rem; width: 100%;}
.st-key-card-finding {height: calc((var(--screen) - 1.2rem) * .27);}
.st-key-card-map {height: calc((var(--screen) - 1.2rem) * .245);}
.st-key-card-risk {height: calc((var(--screen) - 1.2rem) * .27); gap: .1rem;}
.st-key-card-together {height: calc((var(--screen) - 1.2rem) * .215);}
[class*="st-key-card-"] [data-testid="stMarkdownContainer"] {margin-bottom: 0;}
[class*="st-key-card-"] h2 {font-size: 1.02rem; padding: 0; font-weight: 600;}
[class*="st-key-card-"] p {font-size: .92rem; margin: 0; line-height: 1.4;}
[class*="st-key-card-"] [data-testid="stCaptionContainer"] {margin: 0;}
[class*="st-key-card-"] [data-testid="stCaptionContainer"] p {font-size: .84rem;}
.st-key-card-finding > div:nth-child(2) strong, .st-key-card-risk > div:nth-child(2) strong {font-size: 1.5rem;}
.st-key-card-map img {max-height: calc((var(--screen) - 1.2rem) * .245 - 4.8rem); object-fit: contain;}
.st-key-card-together button {min-height: 1.5rem; padding: 0;}
/* Narrow windows: the film as large as the window, the cards two by two under it, the header on two lines. */
@media (max-width: 1279px) {
[class*="st-key-open-case-"] {--screen: min(100vh - 9.2rem, 90vw); padding-bottom: 1rem;}
.st-key-header {flex-wrap: wrap; height: 4.5rem; gap: .2rem .5rem;}
.st-key-header > div:has(> .st-key-header-facts) {flex: 1 1 100%; width: 100%;}
.st-key-screen > div > .stHorizontalBlock {flex-direction: column; gap: .5rem;}
.st-key-screen > div > .stHorizontalBlock > .stColumn {width: 100%; flex: none;}
.st-key-cards {height: auto; display: grid; grid-template-columns: 1fr 1fr;}
.st-key-card-finding, .st-key-card-map {height: 14rem;}
.st-key-card-risk, .st-key-card-together {height: 12rem;}
.st-key-card-map img {max-height: 8.5rem;}
}
.st-key-idle-watch {display: none;}
/* Streamlit moves a closed sidebar out of sight alone: the keyboard would still walk through it, unseen. */
[data-testid="stSidebar"][data-collapsed="true"], [data-testid="stSidebar"][data-collapsed="true"] *
{visibility: hidden !important;}
/* Streamlit shows some of its controls, and which has the focus, by a tint alone. */
.stApp :is(a, button, summary, main):focus-visible, [data-testid="stRadioOption"]:has(input:focus-visible)
{outline: 2px solid CanvasText; outline-offset: 1px;}
.stApp main:focus-visible {outline-offset: -3px;}
.stApp :is([data-testid="stNumberInputContainer"], [data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"],
.react-aria-ComboBox > [role="group"]):not(:focus-within) {border-color: color-mix(in srgb, currentColor 55%, transparent);}
.stApp [data-testid="stRadioOption"]:not([data-selected]) > div > div:first-child
{box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 60%, transparent);}
button[kind^="primary"]:not(:hover, :active, :disabled) {color: Canvas;}
</style>
"""


# Nothing around the case, and type that a room can read.
_PRESENTING = """
<style>
html {font-size: 19px;}
[data-testid="stSidebar"], [data-testid="stHeader"], .st-key-theme-choice, .st-key-header button {display: none;}
.block-container:has([class*="st-key-open-case-"]) {padding-top: .4rem;}
[class*="st-key-open-case-"] {--screen: calc(100vh - 3.2rem);}
div:has(> .st-key-presenting) {position: absolute;}
.st-key-presenting {position: fixed; top: .2rem; right: .8rem; z-index: 30; width: auto;}
.st-key-notice {margin-right: 34rem;}
</style>
"""


def render_style(presenting: bool = False) -> None:
    """Draw the style element; fixed text, no data. presenting: see ``screens.presenting``."""
    st.html(_STYLE + _PRESENTING if presenting else _STYLE)
