"""Mutated inputs for every reader: whatever a file holds, a reader gives a result or a ZooError, in bounded time and memory.

``python -m tests.fuzz --count 10000`` runs every format, each in a process of its own; the test suite runs 500 of each.
"""
