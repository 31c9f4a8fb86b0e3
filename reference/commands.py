"""The command line: serve, check, index, export. A mistake gets one line and exit code 2."""

import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask

from reference.content.loading import load
from reference.records import ContentError
from reference.search.finding import build
from reference.serving import safety, server

NO_ADDRESS = (
    "no address: citations and machine files name paths only, and there is no sitemap; "
    "--address https://example.org/path makes all of it whole"
)
Factory = Callable[..., Flask]
HERE = Path(__file__).parent.parent
CONTENT = click.option(
    "--content",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="REFERENCE_CONTENT",
    default=HERE / "content",
    help="The folder of articles, themes, people and glossary.",
)
INDEX = click.option(
    "--index",
    type=click.Path(path_type=Path, readable=False),  # unreadable, the index is kept in memory
    envvar="REFERENCE_INDEX",
    default=HERE / "search_index",
    help="The folder the search index is kept in.",
)


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
    except server.Unservable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ContentError as error:
        print(f"{error}\n{error.count}.", file=sys.stderr)
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
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", closefd=False))


@click.group()
def commands() -> None:
    """A sourced reference on GP-led commissioning. Without a command: serve."""


def _public(context: click.Context, option: click.Parameter, address: str) -> str:
    """A public address in its one spelling, or "" for none."""
    under = context.command.name == "export"
    problem = safety.address_problem(address, under) if address else ""
    if problem:
        raise click.BadParameter(f"{address!r} {problem}", context, option)
    return safety.as_written(address)


ADDRESS = click.option(
    "--address",
    envvar="REFERENCE_ADDRESS",
    default="",
    callback=_public,
    help="The site's public address, such as https://reference.example.org.",
)


@commands.command()
@CONTENT
@INDEX
@click.option("--host", envvar="REFERENCE_HOST", default="127.0.0.1", help="Where to listen.")
@click.option(
    "--port",
    envvar="REFERENCE_PORT",
    type=click.IntRange(0, 65_535),
    default=8000,
    help="The port to listen at; 0 for any free one.",
)
@click.option(
    "--workers",
    envvar="REFERENCE_WORKERS",
    type=click.IntRange(1, 64),
    default=lambda: max(2, min(8, os.cpu_count() or 1)),
    help="How many processes answer; at first one a processor core, 2 to 8.",
)
@ADDRESS
@click.option(
    "--access-log/--no-access-log",
    envvar="REFERENCE_ACCESS_LOG",
    default=True,
    help="Write a line a request to standard output.",
)
@click.option("--debug", is_flag=True, help="Serve content, templates and styles as they change.")
@click.pass_obj
def serve(create_app: Factory, /, content: Path, index: Path, address: str, **how: Any) -> None:
    """Serve the site until told to stop (SIGTERM, Ctrl+C); SIGHUP reads the content again."""
    settings = server.Settings(address=address, content=content, code=HERE, **how)
    server.serve(partial(create_app, content, index), settings)


@commands.command()
@CONTENT
def check(content: Path) -> None:
    """Verify all content; print every problem, a line each, or one line of counts."""
    library = load(content)
    print(
        f"{len(library.articles)} articles, {library.passage_count} passages, "
        f"{len(library.claims)} claims, {len(library.people)} people, "
        f"{len(library.themes)} themes, {len(library.glossary)} abbreviations: "
        "every quotation found."
    )


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
    from reference.export import freezing  # Frozen-Flask is loaded for nothing else

    say = partial(print, file=sys.stderr, flush=True)
    if not address:
        say(NO_ADDRESS)
    try:
        freezing.export(partial(create_app, content, index, address), folder, say)
    except freezing.ExportError as error:
        raise click.ClickException(str(error)) from None
