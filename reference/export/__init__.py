"""The static copy: the app's own addresses as files, searched in the reader's browser."""


class ExportError(Exception):
    """Raised when no copy was made; says why. The folder is as it was."""
