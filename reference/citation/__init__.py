"""Citing: one CSL-JSON record an article or claim, and every form made from it."""
