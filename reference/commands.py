"""The command line: serve, check, cite, index, export. A mistake gets one line and exit code 2."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask

from reference.citation.references import References
from reference.citation.setting import CannotSet, set_references
from reference.content.loading import load
from reference.export import ExportError, freeze
from reference.problems import ContentError
from reference.search.finding import build
from reference.serving import headers, server

HERE = Path(__file__).parent.parent
CONTENT_FOLDER, INDEX_FOLDER = HERE / "content", HERE / "search_index"
Factory = Callable[..., Flask]
say = partial(click.echo, err=True)


def main(arguments: Sequence[str], create_app: Factory) -> int:
    """Run a command (`serve` if none is named); returns the exit code, never a traceback."""
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # a standard stream was closed: the next file or socket would be taken for it
    os.close(opened)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    named = list(arguments)
    if not named or (named[0].startswith("-") and named[0] != "--help"):
        named.insert(0, "serve")
    try:
        commands.main(named, prog_name="python app.py", standalone_mode=False, obj=create_app)
    except (click.ClickException, ExportError, CannotSet, OSError) as error:
        told: object = error.format_message() if isinstance(error, click.ClickException) else error
        told = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else told
        say(f"error: {told}")
        return 2
    except ContentError as error:
        say(f"{error}.")
        return 1
    except (KeyboardInterrupt, click.Abort):
        return 130
    return 0


def _public(context: click.Context, option: click.Parameter, address: str) -> str:
    """A public address in its one spelling, or "" for none."""
    try:
        return headers.public(address, under=context.command.name == "export")
    except ValueError as wrong:
        raise click.BadParameter(f"{address!r} {wrong}", context, option) from None


def _option(name: str, default: Any, help: str, **how: Any) -> Callable[[Any], Any]:
    """An option that the environment can give too: `--access-log` as REFERENCE_ACCESS_LOG."""
    variable = f"REFERENCE_{name.partition('/')[0].strip('-').replace('-', '_').upper()}"
    return click.option(name, envvar=variable, default=default, help=help, **how)


FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
ANY_FOLDER = click.Path(path_type=Path, readable=False)  # unreadable, the index is kept in memory
CORES = max(2, min(8, os.cpu_count() or 1))
CONTENT = _option("--content", CONTENT_FOLDER, "The content folder.", type=FOLDER)
INDEX = _option("--index", INDEX_FOLDER, "Where the index is kept.", type=ANY_FOLDER)
ADDRESS = _option("--address", "", "The public address: https://example.org.", callback=_public)


@click.group()
def commands() -> None:
    """A sourced reference site. Without a command: serve."""


@commands.command()
@CONTENT
@INDEX
@ADDRESS
@_option("--host", "127.0.0.1", "Where to listen.")
@_option("--port", 8000, "The port; 0 for any free one.", type=click.IntRange(0, 65_535))
@_option("--workers", CORES, "Processes that answer.", type=click.IntRange(1, 64))
@_option("--access-log/--no-access-log", True, "A line a request on standard output.")
@click.option("--debug", is_flag=True, help="Serve content, templates and styles as they change.")
@click.pass_obj
def serve(create_app: Factory, /, content: Path, index: Path, debug: bool, **how: Any) -> None:
    """Serve the site until told to stop (SIGTERM, Ctrl+C); SIGHUP reads the content again."""

    def make() -> Flask:
        try:
            return create_app(content, index, how["address"])
        except ContentError:
            if not debug:
                raise
        with suppress(CannotSet):  # told when the content is read again
            set_references(content, load(content))
        return create_app(content, index, how["address"])

    def changed() -> None:
        if debug:
            os.kill(os.getpid(), signal.SIGHUP)
        else:
            logging.warning("The content has changed; `kill -HUP %s` serves it.", os.getpid())

    code = [HERE / "templates", HERE / "static"] if debug else []
    server.in_thread(server.watch, [content, *code], changed)
    server.serve(make, **how)


@commands.command()
@CONTENT
def check(content: Path) -> None:
    """Verify all content; print every problem, a line each, or one line of counts."""
    library = load(content)
    References.read(content, library)
    passages = sum(len(article.passages) for article in library.articles.values())
    print(
        f"{len(library.articles)} articles, {passages} passages, {len(library.claims)} claims, "
        f"{len(library.people)} people, {len(library.themes)} themes, "
        f"{len(library.terms)} terms: every quotation found."
    )


@commands.command()
@CONTENT
def cite(content: Path) -> None:
    """Set every reference in every style, into the content's references.json."""
    print(set_references(content, load(content)))


@commands.command()
@CONTENT
@INDEX
def index(content: Path, index: Path) -> None:
    """Build the search index by hand (it is built on first start anyway)."""
    build(load(content), index)


@commands.command()
@CONTENT
@INDEX
@ADDRESS
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(create_app: Factory, /, content: Path, index: Path, address: str, folder: Path) -> None:
    """Write the whole site to FOLDER as a static copy, search included."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end is told to clear up
    freeze.export(partial(create_app, content, index, address), folder, say)
