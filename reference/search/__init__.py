"""Search: what a reader types, answered from the library."""

from reference.search.finding import Search as Search
