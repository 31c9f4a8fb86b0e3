"""Serving for real: workers, pages kept as bytes, headers and bounds."""
