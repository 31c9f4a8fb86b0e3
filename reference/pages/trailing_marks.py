"""Marks that a mail program or a text took along with a link: `/claims/data-is-junk/).`"""

from flask import current_app

MARKS = " \t\r\n\u00a0.,;:!?)]}>*'\"`’”»…\\"
"""What stands after a link in a text, and ends no address of ours."""


def address_without_marks(path: str) -> str | None:
    """Return the address that a path leads to without the marks at its end.

    `/claims/data-is-junk/).` -> `/claims/data-is-junk/`. None if there are no marks at its end, or
    nothing at that address either.
    """
    without = path.rstrip(MARKS)
    if without == path:
        return None
    response = current_app.test_client().get(
        without or "/", follow_redirects=True
    )
    if response.status_code != 200:
        return None
    return response.request.path
