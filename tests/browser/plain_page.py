"""A page for the browser tests: texts that are not ours, put wherever the pages put such texts, through the one function."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.page.chart import render_chart
from model_zoo.plain import plain
from tests.browser.plain_texts import CHARTS, TEXTS

for number, text in enumerate(TEXTS):
    with st.container(key=f"box-{number}"):
        st.markdown(plain(text))
        st.markdown(f"**{plain(text)}**")
        st.markdown(f":gray[{plain(text)}]")
        st.markdown(f":orange-badge[{plain(text)}]")
        st.markdown(f"- {plain(text)}\n- end")
        st.markdown(f"| head |\n|--|\n| {plain(text)} |")
        st.caption(plain(text))
        st.subheader(plain(text))
        st.error(plain(text))
        st.info(plain(text))
        st.button(plain(text), key=f"button-{number}", help=plain(text))
        st.checkbox(plain(text), key=f"checkbox-{number}")
        st.text_input(plain(text), key=f"text-{number}", placeholder=text)
        st.slider(plain(text), 0, 9, key=f"slider-{number}")
        st.metric(plain(text), "end")
        st.progress(0.5, text=plain(text))
        st.radio("end", ["end", text], format_func=plain, key=f"radio-{number}")
        st.segmented_control("end", ["end", text], format_func=plain, key=f"segmented-{number}")
        st.expander(plain(text)).write("end")
        st.tabs([plain(text), "end"])
    with st.container(key=f"list-{number}"):
        # Streamlit shows what is chosen from a list as it stands.
        st.selectbox("end", [text, "end"], key=f"select-{number}")
        st.multiselect("end", [text], [text], key=f"several-{number}")
    if number >= CHARTS:
        continue
    with st.container(key=f"chart-{number}"):
        figure = go.Figure(go.Bar(x=[text], y=[1], text=[text], name=text, hovertext=[text]))
        figure.add_annotation(
            text=f"<b>{text}</b><br><span style='color:#123456'>own</span>", x=0.5, y=0.5, showarrow=False
        )
        figure.update_layout(title={"text": text})
        render_chart(figure, key=f"figure-{number}")
