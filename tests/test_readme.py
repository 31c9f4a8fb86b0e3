"""What README and CONTRIBUTING say is so."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from flask.testing import FlaskClient

from app import create_app
from reference.citation.references import References
from reference.citation.setting import set_references
from reference.commands import commands, main
from reference.content.loading import load
from reference.pages.addresses import paths
from reference.problems import ContentError
from reference.records import Library

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLE = "articles/a-new-voice.md"
COMMANDS = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)


def test_ci_runs_the_second_command() -> None:
    """`.ci/run` calls exactly README's test command; both commands make their own environment."""
    serve, test = COMMANDS
    assert test in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert serve.endswith("app.py") and test.endswith("pytest")
    assert all(
        command.startswith("python3 -m venv .venv && ") for command in COMMANDS
    )


def add_the_worked_example(content: Path) -> Library:
    """Put README's example into a content folder; return the library that it makes.

    Where an editor has added it already it is put there anew, and its reference is set anew.
    """
    example = re.search(r"```markdown\n(.*?)```", README, re.DOTALL)
    assert example
    (content / EXAMPLE).write_text(example[1], encoding="utf-8")
    file = content / "references.json"
    references = json.loads(file.read_text(encoding="utf-8"))
    references.pop(Path(EXAMPLE).stem, None)
    file.write_text(json.dumps(references), encoding="utf-8")
    return load(content)


def test_the_worked_example_works(content_copy: Path) -> None:
    """A new article needs no code: that in README, saved under its name, loads with the content as
    shipped, its claim in its theme, and has a reference once `cite` has set it, as README says."""
    assert f"`content/{EXAMPLE}`" in README

    library = add_the_worked_example(content_copy)

    claim = library.claims["training-is-coming"]
    assert claim.article == Path(EXAMPLE).stem
    assert claim in library.claims_of_theme("training")
    with pytest.raises(ContentError, match=r"python app\.py cite"):
        References.read(content_copy, library)
    set_references(content_copy, library)
    References.read(content_copy, library)


def test_an_article_more_is_checked_and_shown(
    content_copy: Path, tmp_path: Path
) -> None:
    """Content grown by README's example passes `check`, every page of it is made, and what is new
    stands where readers look for it."""
    set_references(content_copy, add_the_worked_example(content_copy))

    exit_code = main(["check", "--content", str(content_copy)], create_app)
    app = create_app(
        content_copy, tmp_path / "index", "https://reference.example"
    )

    client = app.test_client()
    with app.test_request_context():
        addresses = paths()
    assert exit_code == 0
    assert {"/articles/a-new-voice/", "/claims/training-is-coming/"} <= set(
        addresses
    )
    for address in addresses:
        assert client.get(address).status_code == 200, address
    assert "/articles/a-new-voice/" in client.get("/articles/").text
    assert (
        "/claims/training-is-coming/"
        in client.get("/search/?q=training+on+its+way").text
    )


def test_addresses_answer(client: FlaskClient) -> None:
    """Each address that the tour names answers, and each in the table of data, with its
    placeholders filled in."""
    tour = re.findall(r"\(`(/[^`]*)`\)", README)
    table = re.findall(
        r"`([/.][^`]*)`",
        README.partition("## The same as data")[2].split("## ")[0],
    )
    assert tour and len(table) > 8
    for address in tour + table:
        if address.startswith("."):
            address = f"/articles/were-engaged-now-what{address}"
        address = address.replace("<slug>", "were-engaged-now-what").replace(
            "<id>", "data-is-junk"
        )
        if address in {"/claims/data-is-junk", "/bibliography"}:
            address += ".bib"
        assert client.get(address).status_code == 200, address


def test_commands_and_options() -> None:
    """README names every command, option and variable there is, and no other."""
    named = set(re.findall(r"^\| `python app\.py (\w+)", README, re.MULTILINE))
    assert named == set(commands.commands)
    table = README.partition("## Configuration")[2].partition("## ")[0]
    serve = commands.commands["serve"]
    options = {
        o
        for p in serve.params
        for o in (*p.opts, *p.secondary_opts)
        if o[:2] == "--"
    }
    assert (
        set(re.findall(r"`(--[\w-]+)`", table.partition("SIGTERM")[0]))
        == options
    )
    variables = {
        str(p.envvar)
        for p in serve.params
        if isinstance(p, click.Option) and p.envvar
    }
    assert set(re.findall(r"`(REFERENCE_\w+)`", table)) == variables


def test_what_is_named_is_there() -> None:
    """Each file that README names exists (the worked example's is the reader's to write), and each
    benchmark and tool of ours that is named is a module."""
    for file in re.findall(
        r"`((?:tests|content|reference)/[\w/.-]+)`", README
    ):
        assert (ROOT / file).exists() or "a-new-voice" in file, file
    for name in re.findall(
        r"-m ((?:benchmarks|tests)\.\w+)", README + CONTRIBUTING
    ):
        assert find_spec(name), name


def test_the_house_is_as_drawn() -> None:
    """CONTRIBUTING's picture names every room of the package, and each file in one."""
    picture = CONTRIBUTING.partition("## The house")[2].partition("## ")[0]
    for path in (ROOT / "reference").rglob("*.py"):
        if path.stem != "__init__":
            assert re.search(rf"\b{path.stem}\b", picture), path.name
