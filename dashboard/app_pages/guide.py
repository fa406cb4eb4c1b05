"""How to read the page: what each number and colour means, and what the page must not be used for."""

from __future__ import annotations

import streamlit as st

st.title("How to read this")
st.markdown(
    """
#### The number
A **calibrated probability** was fitted on patients the network never saw: of 100 such films scored 0.30, about 30 had
the finding *in that population*. The bracket is the uncertainty of the calibration. Where the labels were mined from
report texts there is no probability, only a **score**: how many of 100 held-out films score lower. Above or below the
**operating threshold** is stated in words; 0.5 means nothing here.

#### The map
**Grad-CAM** is coarse and answers *which region*. **Integrated Gradients** is fine and signed: orange speaks for the
finding, blue against it; the values add up to the change in the logit, and what is missing is the *completeness
delta*. The colour bar shows the range, which is never rescaled silently: a near-empty map looks empty. The sentence
under each map is measured on this film: the marked tenth is covered with the mirrored other side, then random regions
of the same size.

A map shows where the network looked. It does not show that the network is right.

#### The risk
The risk model was trained on seriously ill adults in US hospitals, 1989 to 1994. It knows nothing of the film, and
the two models come from different people. Contributions are in percentage points against a named reference patient;
with the part for values that were *not measured* they add up to the risk, and the residual is printed.

#### What the page refuses
Age decides which outputs are read and is never guessed from the picture. Outside the intended use you have to insist,
and get scores without probability. If scan and record disagree in identifier, sex or age, the risks stay hidden until
you confirm that both are of one patient.

#### Keyboard and mouse in the viewer
Press **?** in the viewer for its keys. Drag with the window tool changes brightness and contrast; the wheel zooms.

#### Not for
Diagnosis, triage or treatment; ruling anything out; anything listed under *Not assessed*. Not a medical device.
"""
)
