"""Checks of a prediction or of a map: can this number, can this region be believed?"""
