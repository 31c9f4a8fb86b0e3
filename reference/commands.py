"""The command line: serve, check, cite, cards, index, export, new.

A mistake is one line and exit code 2; wrong content is a line a problem and exit code 1.

Nothing that only serving needs is imported for the other commands, which run wherever Python does.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import click
from flask import Flask
from jinja2 import TemplateSyntaxError

from reference import __version__
from reference.citation.references import References
from reference.citation.setting import CannotSet, set_references
from reference.content.editions import note_edition
from reference.content.loading import load, verify
from reference.content.starting import CannotStart, start
from reference.drawing import CannotDraw, draw_cards
from reference.export import ExportError
from reference.pages.cards import Cards
from reference.pages.presentation import Presentation
from reference.pages.rehearsal import RehearsalError, rehearse
from reference.pages.wording import counted
from reference.problems import ContentError
from reference.records import Library
from reference.search.finding import build
from reference.serving.address import public_address
from reference.serving.cache import Application
from reference.serving.preview import PreviewMaker
from reference.serving.processors import usual_workers

HERE = Path(__file__).parent.parent
CONTENT_FOLDER = HERE / "content"
INDEX_FOLDER = HERE / "search_index"
VARIABLE_PREFIX = "REFERENCE_"
HELP_OPTIONS = ("-h", "--help")
Factory = Callable[..., Flask]
say = partial(click.echo, err=True)
log = logging.getLogger("reference")

MOST_REMINDERS = 50
"""Printed by `check`: more would bury the counts."""
STANDARD_STREAMS = (0, 1, 2)
"""File descriptors of input, output and errors."""
GOOD = 0
WRONG_CONTENT = 1
WRONG_COMMAND = 2
INTERRUPTED = 130


def main(arguments: Sequence[str], create_app: Factory) -> int:
    """Run a command (`serve` if none is named), and return the exit code.

    A mistake that has a mend is said on standard error, without a traceback.
    """
    try:
        open_standard_streams()
        logging.basicConfig(
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(message)s",
            stream=sys.stderr,
        )
        commands.main(
            with_command(arguments),
            prog_name="python app.py",
            standalone_mode=False,
            obj=create_app,
        )
    except click.ClickException as error:
        say(f"error: {error.format_message()}")
        return WRONG_COMMAND
    except (ExportError, CannotSet, CannotStart, RehearsalError) as error:
        say(f"error: {error}")
        return WRONG_COMMAND
    except TemplateSyntaxError as error:
        say(f"error: {error.filename}:{error.lineno}: {error.message}")
        return WRONG_COMMAND
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"error: {place}{error.strerror or error}")
        return WRONG_COMMAND
    except ContentError as error:
        say(f"{error}.")
        return WRONG_CONTENT
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    return GOOD


def open_standard_streams() -> None:
    """Give a process that was started without standard streams some that lead nowhere.

    Otherwise the next file or socket that it opens would get such a number, and what is printed
    would be written into it. The system gives the lowest free number each time.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor in STANDARD_STREAMS:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def with_command(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `serve` before them where they begin with no command.

    `[]` gives `["serve"]`, `["--port", "0"]` gives `["serve", "--port", "0"]`; `["check"]` and
    `["--help"]` stay.
    """
    if not arguments:
        return ["serve"]
    first = arguments[0]
    is_option = first.startswith("-")
    is_option_of_any_command = first in (*HELP_OPTIONS, "--version")
    if is_option and not is_option_of_any_command:
        return ["serve", *arguments]
    return list(arguments)


def one_address(
    context: click.Context, option: click.Parameter, typed: str
) -> str:
    """Return a public address in its one spelling, or "" for none (a callback of click's)."""
    is_of_copy = context.command.name == "export"
    try:
        return public_address(typed, may_have_path=is_of_copy)
    except ValueError as error:
        message = f"{typed!r} {error}"
        raise click.BadParameter(message, context, option) from None


def some_host(
    context: click.Context, option: click.Parameter, typed: str
) -> str:
    """Return a host as it was typed (a callback of click's).

    "" is refused: it would be all addresses of the machine, which nobody means by it.
    """
    if not typed.strip():
        message = "must name a host, such as 127.0.0.1"
        raise click.BadParameter(message, context, option)
    return typed


content_option = click.option(
    "--content",
    envvar="REFERENCE_CONTENT",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=CONTENT_FOLDER,
    help="The content folder.",
)
index_option = click.option(
    "--index",
    envvar="REFERENCE_INDEX",
    # If it cannot be read, the index is kept in memory.
    type=click.Path(path_type=Path, readable=False),
    default=INDEX_FOLDER,
    help="Where the index is kept.",
)
address_option = click.option(
    "--address",
    envvar="REFERENCE_ADDRESS",
    callback=one_address,
    default="",
    help="The public address: https://example.org.",
)


@click.group(context_settings={"help_option_names": HELP_OPTIONS})
@click.version_option(__version__, message="%(version)s")
def commands() -> None:
    """A sourced reference site. Without a command: serve."""


@commands.command()
@content_option
@index_option
@address_option
@click.option(
    "--host",
    envvar="REFERENCE_HOST",
    callback=some_host,
    default="127.0.0.1",
    help="Where to listen.",
)
@click.option(
    "--port",
    envvar="REFERENCE_PORT",
    type=click.IntRange(0, 65_535),
    default=8000,
    help="The port; 0 for any free one.",
)
@click.option(
    "--workers",
    envvar="REFERENCE_WORKERS",
    type=click.IntRange(1, 64),
    default=usual_workers,
    help="Processes that answer.",
)
@click.option(
    "--access-log/--no-access-log",
    envvar="REFERENCE_ACCESS_LOG",
    default=True,
    help="A line a request on standard output.",
)
@click.option(
    "--debug",
    is_flag=True,
    help="Serve content, templates and styles as they change.",
)
@click.pass_obj
def serve(
    create_app: Factory,
    /,
    content: Path,
    index: Path,
    address: str,
    host: str,
    port: int,
    workers: int,
    access_log: bool,
    debug: bool,
) -> None:
    """Serve the site until told to stop (SIGTERM, Ctrl+C); SIGHUP reads the content again."""
    # The server needs Unix; the other commands, which do without it, do not.
    from reference.serving import server
    from reference.serving.watching import watch

    warn_of_unknown_variables()
    create = partial(create_app, content, index, address)
    make_site: Callable[[], Application]
    if debug:
        make_site = PreviewMaker(partial(preview, create, content))
        folders = [content, HERE / "templates", HERE / "static"]
        keep_watch = partial(watch, folders, read_again)
    else:
        presentation = Presentation.read(HERE)
        make_site = partial(ready_site, create, presentation)
        keep_watch = partial(watch, [content], tell_of_change)
    server.serve(
        make_site,
        keep_watch,
        host=host,
        port=port,
        workers=workers,
        access_log=access_log,
    )


def ready_site(create: Factory, presentation: Presentation) -> Flask:
    """Return the site, of which a page of each kind and the largest files have been made.

    `create` is `create_app`, given all but what is named here. Raises ContentError, and
    RehearsalError if a page cannot be made.
    """
    app = create(presentation=presentation)
    app.extensions["cache"].make_files()
    rehearse(app)
    return app


def preview(create: Factory, content: Path) -> Flask:
    """Return the site as its editor sees it, with templates and styles as they are now.

    References of articles that have changed are set first. Raises as `ready_site` does.
    """
    set_stale_references(content)
    app = create(is_preview=True)
    rehearse(app)
    return app


def read_again() -> None:
    """Have the content read again by the process that serves."""
    os.kill(os.getpid(), signal.SIGHUP)


def tell_of_change() -> None:
    """Say in the log that content has changed, and what serves it."""
    log.warning(
        "The content has changed: `python app.py check` says whether it is whole, "
        "and `kill -HUP %s` serves it if it is.",
        os.getpid(),
    )


def warn_of_unknown_variables() -> None:
    """Log each variable of the environment that looks like a setting of ours and is none."""
    for name in unknown_variables():
        log.warning(
            "%s is no setting of this program (README lists them).", name
        )


def unknown_variables() -> list[str]:
    """Return the variables of the environment that look like settings of ours and are none.

    Such as REFERENCE_PROT, for REFERENCE_PORT.
    """
    known = {
        option.envvar
        for option in serve.params
        if isinstance(option, click.Option)
    }
    like_ours = {
        name for name in os.environ if name.startswith(VARIABLE_PREFIX)
    }
    return sorted(like_ours - known)


def set_stale_references(content: Path) -> None:
    """Set the references of a content folder anew if any is not of its article as it is now.

    Nothing is raised. Content that is wrong is left alone, as whoever reads it next says what is
    wrong; so are references where the packages that set them are missing.
    """
    try:
        library = load(content)
    except ContentError:
        return
    try:
        References.read(content, library)
    except ContentError:  # some are stale
        with suppress(CannotSet):
            set_references(content, library)


@commands.command()
@content_option
def check(content: Path) -> None:
    """Verify all content: print every problem, or reminders and one line of counts."""
    verified = verify(content)
    library = verified.library
    References.read(content, library)  # for the ContentError it may raise
    for reminder in verified.reminders[:MOST_REMINDERS]:
        click.echo(f"Reminder: {reminder}")
    more = len(verified.reminders) - MOST_REMINDERS
    if more > 0:
        click.echo(f"And {counted(more, 'reminder')} more.")
    remind_of_cards(content, library)
    click.echo(f"{summary_of(library)}: every quotation found.")


def remind_of_cards(content: Path, library: Library) -> None:
    """Print a reminder if pictures for shared links are not of the words as they are now."""
    outdated = Cards.read(content, library).outdated(library)
    if not outdated:
        return
    pictures = counted(len(outdated), "picture")
    click.echo(
        f"Reminder: {content.name}/cards: {pictures} for shared links "
        f"to be drawn, such as {outdated[0]}. Mend: run `python app.py cards` (it needs "
        "requirements-dev.txt)."
    )


def summary_of(library: Library) -> str:
    """Return what a library has, as a phrase: “5 articles, 66 passages, 118 claims, …”."""
    passages = sum(
        len(article.passages) for article in library.articles.values()
    )
    counts = [
        counted(len(library.articles), "article"),
        counted(passages, "passage"),
        counted(len(library.claims), "claim"),
        counted(len(library.people), "person", "people"),
        counted(len(library.themes), "theme"),
        counted(len(library.terms), "term"),
    ]
    return ", ".join(counts)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a library of your own: write its first files to FOLDER."""
    for name in start(folder):
        click.echo(f"{folder}/{name}")
    click.echo(
        f"Next: change them, then python app.py check --content {folder}"
    )


@commands.command()
@content_option
def cite(content: Path) -> None:
    """Set every reference in every style, into the content's references.json."""
    library = load(content)
    click.echo(set_references(content, library))
    note_edition(content, library.updated)


@commands.command()
@content_option
@index_option
@click.pass_obj
def cards(create_app: Factory, /, content: Path, index: Path) -> None:
    """Draw the picture that goes with each shared link, into the content's cards/."""
    # No card says where the site is: any address will do.
    app = create_app(content, index, "http://localhost")
    try:
        draw_cards(app, content, click.echo)
    except CannotDraw as error:
        raise click.ClickException(str(error)) from None


@commands.command()
@content_option
@index_option
def index(content: Path, index: Path) -> None:
    """Build the search index by hand (it is built on first start anyway)."""
    build(load(content), index)


@commands.command()
@content_option
@index_option
@address_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(
    create_app: Factory,
    /,
    content: Path,
    index: Path,
    address: str,
    folder: Path,
) -> None:
    """Write the whole site to FOLDER as a static copy, search included."""
    # It needs packages that nothing else needs.
    try:
        from reference.export import freeze
    except ModuleNotFoundError as error:
        needed = f"exporting needs the package {error.name}: install requirements-export.txt"
        raise click.ClickException(needed) from None
    # Told to stop (SIGTERM), it clears up as it does when interrupted (Ctrl+C).
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    freeze.export(partial(create_app, content, index, address), folder, say)
