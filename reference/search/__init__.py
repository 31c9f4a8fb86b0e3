"""Search: the expert first, then the words, whatever the reader remembers of them."""
