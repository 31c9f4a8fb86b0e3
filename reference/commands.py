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
from reference.records import Library
from reference.search.finding import build
from reference.serving import headers, server

NO_ADDRESS = (
    "no public address: citations and machine files name paths only, and there is no sitemap; "
    "--address https://example.org (REFERENCE_ADDRESS) makes all of it whole"
)
HERE = Path(__file__).parent.parent
Factory = Callable[..., Flask]


def main(arguments: Sequence[str], create_app: Factory) -> int:
    """Run a command (`serve` if none is named); returns the exit code, never a traceback."""
    _open_standard_streams()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    named = list(arguments)
    if not named or (named[0].startswith("-") and named[0] != "--help"):
        named.insert(0, "serve")
    try:
        commands.main(named, prog_name="python app.py", standalone_mode=False, obj=create_app)
    except click.ClickException as error:
        print(f"error: {error.format_message()}", file=sys.stderr)
        return 2
    except (server.Unservable, ExportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ContentError as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, click.Abort):
        return 130
    return 0


def _open_standard_streams() -> None:
    """Where standard input, output or error is closed, open it to nowhere: else the next file or
    socket opened takes its number, and is written to by whoever means the stream."""
    while (opened := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(opened, True)
    os.close(opened)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


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
CONTENT = _option("--content", HERE / "content", "The content folder.", type=FOLDER)
INDEX = _option("--index", HERE / "search_index", "Where the index is kept.", type=ANY_FOLDER)
ADDRESS = _option("--address", "", "The public address: https://example.org.", callback=_public)
PORT = _option("--port", 8000, "The port; 0 for any free one.", type=click.IntRange(0, 65_535))
WORKERS = _option("--workers", CORES, "Processes that answer.", type=click.IntRange(1, 64))


@click.group()
def commands() -> None:
    """A sourced reference on GP-led commissioning. Without a command: serve."""


@commands.command()
@CONTENT
@INDEX
@ADDRESS
@_option("--host", "127.0.0.1", "Where to listen.")
@PORT
@WORKERS
@_option("--access-log/--no-access-log", True, "A line a request on standard output.")
@click.option("--debug", is_flag=True, help="Serve content, templates and styles as they change.")
@click.pass_obj
def serve(create_app: Factory, /, content: Path, index: Path, debug: bool, **how: Any) -> None:
    """Serve the site until told to stop (SIGTERM, Ctrl+C); SIGHUP reads the content again."""
    host, port = server.free(how["host"], how["port"])
    _tell_of(how["address"])

    def make() -> Flask:
        if debug:
            with suppress(ContentError, CannotSet):  # told when the content is read
                library = load(content)
                try:
                    References.read(content, library)
                except ContentError:
                    set_references(content, library)
        return create_app(content, index, how["address"])

    def changed() -> None:
        if debug:
            os.kill(os.getpid(), signal.SIGHUP)
        elif server.whole(partial(_read, content)):
            logging.warning("The content has changed; `kill -HUP %s` serves it.", os.getpid())

    code = [HERE / "templates", HERE / "static"] if debug else []
    site = server.Site(make, how["address"], how["access_log"])
    server.in_thread(server.watch, [content, *code], changed)
    server.serve(site, host, port, how["workers"])


def _tell_of(address: str) -> None:
    if not address:
        print(NO_ADDRESS, file=sys.stderr, flush=True)


def _read(content: Path) -> Library:
    """The content, verified, its references too. Raises ContentError with every problem found."""
    library = load(content)
    References.read(content, library)
    return library


@commands.command()
@CONTENT
def check(content: Path) -> None:
    """Verify all content; print every problem, a line each, or one line of counts."""
    library = _read(content)
    print(
        f"{len(library.articles)} articles, {library.passage_count} passages, "
        f"{len(library.claims)} claims, {len(library.people)} people, "
        f"{len(library.themes)} themes, {len(library.glossary)} abbreviations: "
        "every quotation found."
    )


@commands.command()
@CONTENT
def cite(content: Path) -> None:
    """Set every reference in every style, into the content's references.json."""
    try:
        print(set_references(content, load(content)))
    except CannotSet as error:
        raise click.ClickException(str(error)) from None


@commands.command()
@CONTENT
@INDEX
def index(content: Path, index: Path) -> None:
    """Build the search index by hand (it is built on first start anyway)."""
    try:
        build(load(content), index)
    except OSError as error:
        raise click.ClickException(f"{index} cannot be written: {error.strerror}") from None


@commands.command()
@CONTENT
@INDEX
@ADDRESS
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(create_app: Factory, /, content: Path, index: Path, address: str, folder: Path) -> None:
    """Write the whole site to FOLDER as a static copy, search included."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end is told to clear up
    _tell_of(address)
    say = partial(print, file=sys.stderr, flush=True)
    freeze.export(partial(create_app, content, index, address), folder, say)
