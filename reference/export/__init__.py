"""The static copy: the app frozen into files, searched in the reader's browser."""
