"""What an editor may want to mend: length and style. Reminders are printed, and stop nothing."""

from reference.content.folder import Content
from reference.records import Library


def remind(content: Content, library: Library) -> None:
    """Note reminders in the content's sources."""
