"""The templates and static files of the site, which belong to the code: read when it starts.

Whatever becomes of the files afterwards (an upgrade half done, a folder that goes), what is served
is what was there at the start, with the Python code that it was written for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jinja2 import BaseLoader, FunctionLoader

from reference.pages.static import StaticFiles, read_static_files

TEMPLATE_SUFFIXES = {".html", ".md", ".xml"}


class Template(NamedTuple):
    """The text of a template, and its file, which an error in it names."""

    text: str
    path: Path


@dataclass(frozen=True)
class Presentation:
    """Templates by name, and static files."""

    templates: Mapping[str, Template]
    static: StaticFiles

    @classmethod
    def read(cls, root: Path) -> "Presentation":
        """Return what is in the folders `templates/` and `static/` of a folder."""
        templates = {}
        for path in sorted((root / "templates").glob("[!.]*")):
            if path.suffix in TEMPLATE_SUFFIXES:
                templates[path.name] = Template(path.read_text("utf-8"), path)
        return cls(templates, read_static_files(root / "static"))

    def loader(self) -> BaseLoader:
        """Return a loader that gives Jinja the templates as they were read.

        It says which file a template is from, so that an error in it names the file.
        """

        def load(name: str) -> tuple[str, str, None] | None:
            template = self.templates.get(name)
            if template is None:
                return None
            check = None  # Jinja need not ask whether the template has changed
            return template.text, str(template.path), check

        return FunctionLoader(load)
