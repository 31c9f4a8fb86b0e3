"""Citing: one CSL-JSON record an article, and every form made from it."""
