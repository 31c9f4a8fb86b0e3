"""Marks that a mail program or a text took along with a link: `/claims/data-is-junk/).`"""

from flask import current_app

MARKS = " \t\r\n\u00a0.,;:!?)]}>*'\"`’”»…\\"
"""What stands after a link in a text, and ends no address of ours."""


def path_without_marks(path: str) -> str | None:
    """Return the path of the page that is meant by a path with punctuation at its end.

    `/claims/data-is-junk/).` -> `/claims/data-is-junk/`. None if there is no punctuation at its
    end, or no page at the path without it: the app is asked for that page, as a client would.
    """
    without_marks = path.rstrip(MARKS) or "/"
    if without_marks == path:
        return None
    client = current_app.test_client()
    response = client.get(without_marks, follow_redirects=True)
    if response.status_code != 200:
        return None
    return response.request.path  # after a redirect: where that has led to
