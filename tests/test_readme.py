"""What README and CONTRIBUTING say is so."""

import json
import re
import shutil
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


@pytest.fixture(scope="module")
def with_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content with README's example put into it; its reference is not set.

    Where an editor has added it already it is put there anew. No test may change it.
    """
    content = tmp_path_factory.mktemp("with-example") / "content"
    shutil.copytree(ROOT / "content", content)
    example = re.search(r"```markdown\n(.*?)```", README, re.DOTALL)
    assert example
    (content / EXAMPLE).write_text(example[1], encoding="utf-8")
    file = content / "references.json"
    references = json.loads(file.read_text(encoding="utf-8"))
    references.pop(Path(EXAMPLE).stem, None)
    file.write_text(json.dumps(references), encoding="utf-8")
    return content


@pytest.fixture(scope="module")
def grown(
    with_example: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The content grown by README's example, every reference set. No test may change it."""
    content = tmp_path_factory.mktemp("grown") / "content"
    shutil.copytree(with_example, content)
    set_references(content, load(content))
    return content


def test_the_worked_example_works(with_example: Path, grown: Path) -> None:
    """A new article needs no code: that in README, saved under its name, loads with the content as
    shipped, its claim in its theme, and has a reference once `cite` has set it, as README says."""
    assert f"`content/{EXAMPLE}`" in README

    library = load(with_example)

    claim = library.claims["training-is-coming"]
    assert claim.article == Path(EXAMPLE).stem
    assert claim in library.claims_of_theme("training")
    with pytest.raises(ContentError, match=r"python app\.py cite"):
        References.read(with_example, library)
    References.read(grown, library)


def test_an_article_more_is_checked_and_shown(
    grown: Path, tmp_path: Path
) -> None:
    """Content grown by README's example passes `check`, every page of it is made, and what is new
    stands where readers look for it."""
    exit_code = main(["check", "--content", str(grown)], create_app)
    app = create_app(grown, tmp_path / "index", "https://reference.example")

    client = app.test_client()
    with app.test_request_context():
        addresses = paths()
    assert exit_code == 0
    assert "/articles/a-new-voice/" in addresses
    assert "/claims/training-is-coming/" in addresses
    for address in addresses:
        assert client.get(address).status_code == 200, address
    assert "/articles/a-new-voice/" in client.get("/articles/").text
    search = client.get("/search/?q=training+on+its+way")
    assert "/claims/training-is-coming/" in search.text


def test_addresses_answer(client: FlaskClient) -> None:
    """Each address that the tour names answers, and each in the table of data, with its
    placeholders filled in."""
    data = README.partition("## The same as data")[2].partition("## ")[0]
    tour = re.findall(r"\(`(/[^`]*)`\)", README)
    table = re.findall(r"`([/.][^`]*)`", data)
    assert tour
    assert len(table) > 8

    for named in tour + table:
        address = example_of(named)
        assert client.get(address).status_code == 200, address


def example_of(named: str) -> str:
    """Return an address of the kind that README names: of `/articles/<slug>.bib`, that of one."""
    if named.startswith("."):  # another form of an article's reference
        named = f"/articles/<slug>{named}"
    if named in ("/claims/<id>", "/bibliography"):  # these have its forms too
        named += ".bib"
    address = named.replace("<slug>", "were-engaged-now-what")
    return address.replace("<id>", "data-is-junk")


def test_commands_and_options() -> None:
    """README names every command, option and variable there is, and no other."""
    listed = re.findall(r"^\| `python app\.py (\w+)", README, re.MULTILINE)
    configuration = README.partition("## Configuration")[2].partition("## ")[0]
    table = configuration.partition("SIGTERM")[0]
    options: set[str] = set()
    variables: set[str] = set()
    for parameter in commands.commands["serve"].params:
        names = [*parameter.opts, *parameter.secondary_opts]
        options.update(name for name in names if name.startswith("--"))
        if isinstance(parameter, click.Option) and parameter.envvar:
            variables.add(str(parameter.envvar))

    assert set(listed) == set(commands.commands)
    assert set(re.findall(r"`(--[\w-]+)`", table)) == options
    assert set(re.findall(r"`(REFERENCE_\w+)`", configuration)) == variables


def test_what_is_named_is_there() -> None:
    """Each file that README names exists (the worked example's is the reader's to write), and each
    benchmark and tool of ours that is named is a module."""
    files = re.findall(r"`((?:tests|content|reference)/[\w/.-]+)`", README)
    modules = re.findall(
        r"-m ((?:benchmarks|tests)\.\w+)", README + CONTRIBUTING
    )

    for file in files:
        assert (ROOT / file).exists() or "a-new-voice" in file, file
    for module in modules:
        assert find_spec(module), module


def test_the_house_is_as_drawn() -> None:
    """CONTRIBUTING's picture names every room of the package, and each file in one."""
    picture = CONTRIBUTING.partition("## The house")[2].partition("## ")[0]
    for path in (ROOT / "reference").rglob("*.py"):
        if path.stem != "__init__":
            assert re.search(rf"\b{path.stem}\b", picture), path.name
