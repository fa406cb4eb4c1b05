"""Hourly risk in intensive care: a series in stored units flows in, the risk of every hour with its attribution comes out."""
