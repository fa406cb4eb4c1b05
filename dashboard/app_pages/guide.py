"""How to read the page: what each number and colour means, and what the page must not be used for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.catalogue import text
from dashboard.viewmodels.models.card_page import below

_CONFORMANCE = Path(__file__).resolve().parents[1] / "ACCESSIBILITY.md"

st.title("How to read this")
st.markdown(
    """
## The number
A **calibrated probability** was fitted on patients the network never saw: of 100 such pictures scored 0.30, about 30
had the finding *in that population*. Where a set names no patients, groups of neighbouring or near-duplicate pictures
stand for them, and the page says so. Answers that **exclude each other** (no lesion, benign, malignant; the types of a
tumour) are calibrated one by one and need not add up to 1; a type of tumour counts only *if* there is one on the
slice. The bracket is the uncertainty of the calibration. Where the labels were mined from report texts there is no
probability, only a **score**: how many of 100 held-out films score lower. At or above its **operating threshold** a finding
is *flagged*; 0.5 means nothing here. Below it the finding is *undecided* while its prediction set still holds it, else *not
flagged*: neither excludes it. *Not offered here* is what the model was not made to answer.

## The map
**Grad-CAM** is coarse and answers *which region*. **Integrated Gradients** is fine and signed: orange speaks for the
finding, blue against it; the values add up to the change in the logit, and what is missing is the *completeness
delta*. The colour bar shows the range, which is never rescaled silently: a near-empty map looks empty. The sentence
under each map is measured on this film: the marked tenth is covered with the mirrored other side, then random regions
of the same size.

A map shows where the network looked. It does not show that the network is right.

## Can the number be believed?
The **prediction set** says which answers are left standing at the coverage you ask for; beside it stands how often
such sets held the truth on patients the network never saw. A set never lowers a flag. A probability
belongs to the share of ill patients it was measured on: state your **local prevalence** and probability, threshold and
predictive values move together. A picture unlike the training films is **refused**; you may go on, knowing it. A frontal
film of an adult whose heart and stomach bubble appear on the other side gets a remark; nothing is ever flipped.

## Can the map be believed?
Every map is examined on this scan: do its values add up, does it lie in the lungs, does the finding follow when what
it marks is covered or taken away (against random patches *and* an edge detector), does the map change when the network
is replaced by one that learned nothing, does it survive noise nobody sees. The **verdict** is *believed*, *doubtful*
or *not to be used* (drawn grey), with its reasons, and beside it how often such verdicts were right on films with
outlined lesions; where that cannot be told, it says *verdict not validated*. An **alarm** is raised when border,
corners or the area outside the body move the finding or hold the map.

## Outlines and boxes
What a network **outlines** or **boxes** is drawn with its errors: beside it stand a score that is no probability, the
area (in mm² where the file states the spacing, not calibrated to the patient), how often held-out pictures without a
lesion got an outline all the same, and a word where outline and reading contradict each other. *The map lies ... in
the outlined lesion* says whether the classifier looks where the segmenter sees the lesion.

## Which protocol
A **protocol** names the scan models, patient models and checks that belong together. The page proposes one from the
tags of the file or, where these leave it open, from which model's gate knows the picture, and says by what; you may
choose another.

## Several frames
A file of several frames is read **as one study** by the models that have a head for it: a strip shows the score of
every frame and how much it counted. Scores of frames are ranks, not probabilities.

## Scan and patient values side by side
For a breast lump, picture and cytology are two legs of the **triple assessment**: *concordant*, *discordant* or
*incomplete*, if the aspirate is of the lump in the picture. The clinical examination, the third leg, is not here.

## The lungs alone
Chosen under **Model**, *Lungs on a frontal chest film* outlines both lungs with their areas and names no finding. It refuses
what the chest model refuses. It was measured on children; on adults the outline is rough, and nothing of the heart follows
from it.

## The case as a whole
Scan, patient values, note and vital signs are held against each other **by question**: *agree*, *conflict*, *one part
alone* or *undecided*, with what is missing and why. They become one number only where every part estimates the same
outcome from measurements of its own, at a share of ill patients that you state; the share of each part is then said.
A death risk never meets a finding. Under the film stand the note and the vital signs of one hour: go back an hour, or
paste another note, and agreement and alerts follow. A value that form, note and vital signs state too far apart is named;
nothing tells which of them is right. A note or a stay that was brought for another scan, or whose age or sex
does not fit, does not count until you say that it is this patient's. What is saved and exported holds all of it but the
words of the note.

## Notes
A note is read for what it **states**: values, medication, complaints, each highlighted in its place, what is denied
struck through. One click fills the patient form; what is doubtful is left out with the reason. The complaints are ranked
as **conditions to consider**, severe ones first. The ranking was learned from synthetic patients; other wordings than
theirs are read poorly, and too little text gives no list.

## Vital signs over time
**NEWS2** is scored hour by hour from what was measured in the last hours; a score with parameters missing is *partial*
and says which, with the range they leave open. The replay shows only what was known at that hour. **Alerts** follow rules
in one file, each with its source; what to do next is a suggestion. A person acknowledges them with a reason. A state that
lasts is one alert, and another each time it has got worse by the step of its rule since its best.

## ECG beats
Under **Monitoring**, *ECG beats* finds the beats of a strip of one lead and says what a small network calls each: **N** normal
or bundle branch block, **S** supraventricular ectopic, **V** ventricular ectopic, **F** fusion. Paced and unclassifiable
beats are no class of it. It is *unsure* where its members differ or the beat is unlike the training beats. Pick a beat, and
its waveform is coloured by what speaks for and against a class (Integrated Gradients, against the mean normal beat), with
the share of the rhythm and the residual. Beside it stands how often such names were right on other people: V is found well,
most calls of S and F are wrong. A strip is kept in the session alone.

## What if
Playing with a value moves risk and contributions and changes nothing in the case until you say so. *What would cross the
threshold* names few changes of values that can change; it is an association in the model, not the effect of a treatment.

## The risk
Under **Patient** (under the film once a case is open) you choose which patient model stands beside the scan: those of the
protocol come first, every other installed one after them; values that are there stay when you try another. Each names
the patients it was made
from, beside a chest film at first seriously ill adults in US hospitals, 1989 to 1994, and says so when a patient is younger
or older than all of them. It knows nothing of the film, and the two models come from different people. Contributions are
in percentage points against a named reference patient; with the part for values that were *not measured* they add up to the
risk, and the residual is printed.

## The phantom
Under **Quality assurance** the installed model reads a fixed series of computed phantoms with planted opacities, and
the curves are held against the band recorded at release. A run outside says that this installation no longer reads as
it was released; a run inside says nothing about accuracy on patients.

## The model review
**Model review** shows a model on labelled films: how well it orders them (ROC, precision and recall), whether its
probabilities are right (calibration), from which probability on acting on it does more good than acting on everybody
or nobody (decision curve), and what any **threshold** does to a hundred films. Subgroups stand with the **worst on
top**; with fewer than 50 positive patients they have no result. A second model is tested on the same films, by
patient. **Confident mistakes** are opened with picture, map and verdict. A folder of new films is held against the
films the model was measured on (**drift**): a change says that the figures no longer carry over, no change says
nothing about errors. *Download HTML* gives one file for the meeting, without film, file name or patient.

A labelled folder holds the pictures and `labels.csv` with the columns `file`, `patient_id`, `age_years`, `sex`, `view` and
one column per output (1, 0 or empty); or `labels.csv` with `file`, `label` and, better, `patient`; or one sub-folder per
class, named like the outputs. **Versions** of your own model stand side by side: on the pictures that both held out, or on
any such folder; AUC and the Brier score of their probabilities are tested on the same pictures.

## What the page refuses
Age decides which outputs are read and is never guessed from the picture. Outside the intended use you have to insist,
and get scores without probability. If scan and record disagree in identifier, sex or age, the risks stay hidden until
you confirm that both are of one patient.

## Keyboard and mouse in the viewer
Press **?** in the viewer for its keys. Drag with the window tool changes brightness and contrast; the wheel zooms.

## Not for
Diagnosis, triage or treatment; ruling anything out; anything listed under *Not assessed*. Not a medical device.
"""
)
with st.expander(text("guide.accessibility"), icon=":material/accessibility:", key="accessibility"):
    st.markdown(below(_CONFORMANCE.read_text(encoding="utf-8"), 1, text("models.column")))
