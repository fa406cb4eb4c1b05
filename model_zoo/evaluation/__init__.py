"""How good a model is, and on whom: labels and predictions go in, numbers with intervals come out.

``labels`` reads and checks the table that every evaluation starts from; ``given_sets`` brings the three chest film sets
into that form; ``metrics`` computes each number with its patient-bootstrap interval; ``report`` gathers them per output
and subgroup into the answer of ``evaluate``; ``thumbnail`` is the 16x16 baseline that a network has to beat. Nothing
here runs a network, and only ``given_sets`` touches pictures, which it links or copies without opening them.
"""
