"""A published worked example: three scores of 43 patients, and what SAS prints for them.

DeLong, DeLong and Clarke-Pearson 1988 (Biometrics 44:837) compare three tests before surgery for bowel obstruction in
ovarian cancer. The scores are those of the SAS/STAT user's guide, PROC LOGISTIC, "Comparing Receiver Operating
Characteristic Curves", whose output tables the expected values are: areas and standard errors to four digits, and the
contrasts with the K-G score as reference.
"""

import numpy as np

# albumin, total protein, K-G total score, outcome; an event is outcome 0, a low protein and a high score speak for it.
_ROWS = """
3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0  1.6 5.6 5 1
3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1  4.3 7.0 4 1  3.6 6.7 4 0
2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1  3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1
3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1  3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0
3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1  3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1
3.3 5.7 6 1  3.7 6.9 5 1  3.6 6.6 5 1
"""
_TABLE = np.array(_ROWS.split(), dtype=float).reshape(-1, 4)

EVENT = (_TABLE[:, 3] == 0).astype(float)
SCORES = {"albumin": -_TABLE[:, 0], "protein": -_TABLE[:, 1], "k_g": _TABLE[:, 2]}
AREAS = {"albumin": (0.7366, 0.0927), "protein": (0.6478, 0.1000), "k_g": (0.7258, 0.1028)}
# Difference from the K-G score: estimate, standard error, chi-squared, p.
CONTRASTS = {"albumin": (0.0108, 0.0953, 0.0127, 0.9102), "protein": (-0.0780, 0.1046, 0.5554, 0.4561)}
