"""Serving for real: workers, pages kept as bytes, bounds and headers."""
