"""Search: what a reader types, answered from the library."""

from reference.search.finding import Search

__all__ = ["Search"]
