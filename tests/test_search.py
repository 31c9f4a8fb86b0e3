"""Search over the shipped library, on a real Whoosh index."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from logging import getLogger
from pathlib import Path
from typing import Any

import pytest

from reference.content.loading import load
from reference.records import Library
from reference.search import store
from reference.search.engine import Search, build, generation
from reference.search.finding import Answers
from reference.search.query import QueryError
from reference.search.results import Results
from reference.search.units import Units

LOG = getLogger("test")
ROOT = Path(__file__).parent.parent
QUERIES = ["Glasby", "data is junk", '"set up to fail"', "GP", "support PCT", "Glazby", "zzyzx",
           "speaker:marshall skills", "primary care trust", "theme:training -MBAs"]  # fmt: skip


def urls(results: Results) -> list[str]:
    return [hit.url for hit in results.hits]


# What a result is


def test_a_person_comes_first_then_their_words(search: Search, library: Library) -> None:
    """A name finds the person, then every passage they speak in, before anything else."""
    for person in library.people.values():
        hits = search.find(person.name, per_page=100).hits
        assert hits[0].record == person.id
        spoken = {(c.article, c.passage) for c in library.claims_of_speaker.get(person.id, [])}
        assert {(hit.article, hit.passage) for hit in hits[1 : len(spoken) + 1]} == spoken


def test_a_slip_in_a_name_is_said(search: Search) -> None:
    """Where the results are for another name than was typed, the answer says which."""
    found = search.find("Glazby")
    assert found.suggestion and found.suggestion.applied and found.suggestion.query == "Glasby"
    assert found.query == "Glazby"
    assert urls(found) == urls(search.find("Glasby"))


def test_a_slip_in_a_word_is_only_suggested(search: Search) -> None:
    """A word that nothing here has finds nothing; the nearest word is offered, not presumed."""
    found = search.find("comissioning")
    assert found.total == 0 and not found.hits
    assert found.suggestion and found.suggestion.query == "commissioning"
    assert not found.suggestion.applied and found.nowhere == ("comissioning",)


@pytest.mark.parametrize("word, name", [("forget", "Forbes"), ("goodwill", "Goodwin")])
def test_a_word_that_only_looks_like_a_name_is_not_taken_for_it(
    search: Search, word: str, name: str
) -> None:
    """Two slips away from a name, and not sounding like it, a word has its name offered only."""
    found = search.find(word)
    assert found.total == 0
    assert found.suggestion and found.suggestion.query == name and not found.suggestion.applied


@pytest.mark.parametrize(
    "query, meant",
    [
        ("whitepaper", "white paper"),
        ("primarycare trusts", "primary care trusts"),
        ("front line staff", "frontline staff"),
    ],
)
def test_words_wrongly_joined_or_apart_are_put_right(
    search: Search, query: str, meant: str
) -> None:
    """One word typed as two, or two as one, is offered as the articles have it."""
    suggestion = search.find(query).suggestion
    assert suggestion and suggestion.query == meant and search.find(meant).total


@pytest.mark.parametrize("query", ["zebra", "blockchain", "cryptocurrency", "maps", "zzyzx qqq"])
def test_words_nothing_has_find_nothing(search: Search, query: str) -> None:
    """Words that the library does not have give no results, and say what there is to search."""
    found = search.find(query)
    assert found.total == 0 and found.nowhere == tuple(query.split())
    assert found.coverage.articles == 5 and found.coverage.people == 12


def test_a_passage_is_found_once(search: Search) -> None:
    """However many of its claims match, a passage is one result, and a claim stands for it."""
    for query in QUERIES:
        found = urls(search.find(query, per_page=100))
        assert len(found) == len(set(found))


def test_a_hit_has_its_reason(search: Search) -> None:
    """Each hit has in its text every word wanted, and marks are where the words are."""
    for query, word in [("jargon", "jargon"), ("training", "train"), ("hospitals", "hospital")]:
        found = search.find(query, per_page=100)
        assert found.total == len(found.hits) > 0
        for hit in found.hits:
            assert word in hit.text.casefold()
            marked = [hit.quotation[a:b] for a, b in hit.quotation_marks]
            marked += [hit.sentence[a:b] for a, b in hit.sentence_marks]
            assert marked or word in hit.title.casefold()
            assert all(mark.casefold().startswith(word) for mark in marked)


def test_the_claim_that_stands_for_a_passage_matches_best(search: Search) -> None:
    """Words of one claim of a passage show that claim, in its voice, with its speaker."""
    hit = search.find("the data is junk").hits[0]
    assert hit.kind == "claim" and hit.speakers == ("Laurence Buckman",) and hit.voice == "direct"
    assert "junk" in hit.quotation and hit.url.endswith("#p11")
    assert hit.claim_url == f"/claims/{hit.record}/"


def test_words_outside_the_quotation_show_the_passage(search: Search, library: Library) -> None:
    """Where a passage has wanted words that its claim does not quote, all its words are shown."""
    hit = search.find("seminar unsustainable").hits[0]
    assert hit.whole and hit.quotation == library.articles[hit.article].passage(hit.passage).text
    assert [hit.quotation[a:b] for a, b in hit.quotation_marks] == ["Seminar", "unsustainable"]
    assert not search.find('"the data is junk"').hits[0].whole


def test_a_name_is_no_other_word(search: Search) -> None:
    """A name is found by itself, not by the word it would be the plural of."""
    assert "nicholas-mays" in [hit.record for hit in search.find("Mays").hits]
    assert "nicholas-mays" not in [hit.record for hit in search.find("may", per_page=100).hits]


def test_total_facets_and_pages_agree(search: Search) -> None:
    """The total is the number of hits there are, and narrowing gives the number counted."""
    for query in QUERIES:
        whole = search.find(query, per_page=100)
        assert whole.total == len(whole.hits)
        pages = [search.find(query, page=page, per_page=3) for page in range(1, 40)]
        assert [url for page in pages for url in urls(page)] == urls(whole)
        for name, counts in whole.facets.items():
            for value, count in counts:
                narrowed: dict[str, Any] = {name: value}
                found = search.find(query, per_page=100, **narrowed)
                if not found.missing and found.suggestion == whole.suggestion:
                    assert found.total == count, (query, name, value)


def test_pages_beyond_the_weighed_are_whole(search: Search, library: Library) -> None:
    """Every result has its place on one page, however many there are."""
    everything = [url for page in range(1, 30) for url in urls(
        search.find("-zzyzx", page=page, per_page=7))]  # fmt: skip
    assert len(everything) == len(set(everything)) == len(Units(library).all)


def test_sorted_by_date(search: Search) -> None:
    """By date, the newest come first."""
    dates = [hit.date for hit in search.find("commissioning", sort="date", per_page=100).hits]
    assert dates == sorted(dates, reverse=True) and len(set(dates)) > 3


def test_what_is_missing_is_said(search: Search) -> None:
    """Where no passage has all the words, the best have most, and the answer names the rest."""
    found = search.find("textbooks about megaprojects and training")
    assert found.missing == ("megaprojects",)
    assert found.hits[0].url == "/articles/gp-commissioners-set-up-to-fail/#p5"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PCT", "primary care trust"),
        ("CCGs", "clinical commissioning group"),
        ("trained", "training"),
        ("organise", "organize"),
        ("reorganised", "reorganisation"),
        ("King's Fund", "King’s Fund"),
        ("King's Fund", "Kings Fund"),
        ("behaviours", "behavior"),
        ("JUNK", "junk"),
        ("ünder", "under"),
        ("knock-on", "knock‑on"),
        ('"set up to fail"', "“set up to fail”"),
    ],
)
def test_one_word_many_shapes(search: Search, one: str, other: str) -> None:
    """However a word is written, it finds the same passages."""
    assert set(urls(search.find(one, per_page=100))) <= set(urls(search.find(other, per_page=100)))
    assert search.find(one).total


def test_a_phrase_stands_in_the_text(search: Search, library: Library) -> None:
    """A phrase finds exactly the passages, of all, that have its words side by side."""
    for phrase in ["commissioning support", "power and influence", "set up to fail"]:
        pattern = re.compile(re.sub(" ", r"\\W+", phrase), re.IGNORECASE)
        having = {
            f"/articles/{article.id}/#{passage.id}"
            for article in library.articles.values()
            for passage in article.passages
            if pattern.search(passage.text)
        }
        assert having <= set(urls(search.find(f'"{phrase}"', per_page=100)))
    assert search.find('"fail to set up"').total == 0


def test_a_group_speaks(search: Search) -> None:
    """A group is found by its name as a person is."""
    found = search.find('speaker:"PCT managers"')
    assert found.total and all(hit.speakers == ("PCT managers",) for hit in found.hits)


def test_suggestions(search: Search) -> None:
    """A beginning is completed to people, themes and phrases, at most eight."""
    assert search.suggest("gla")[0] == ("Jon Glasby", "person", "/people/jon-glasby/")
    assert ("Data quality", "theme", "/themes/data-quality/") in search.suggest("data q")
    assert any("practice-based commissioning" in one[0] for one in search.suggest("practice"))
    assert search.suggest("") == search.suggest("zzyzx") == []
    assert len(search.suggest("c")) == 8


def test_json_shape(search: Search) -> None:
    """`/search.json` has the shape the design promises."""
    data = search.find("Glazby").as_json()
    assert list(data) == ["query", "total", "suggestion", "hits", "facets", "coverage"]
    assert list(data["hits"][0]) == [
        "kind", "url", "title", "text", "speakers", "article", "themes", "score",
    ]  # fmt: skip
    assert data["suggestion"] == "Glasby" and data["facets"]["kind"]["person"] == 1


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "zebra"}, {"theme": "<b>"}, {"person": "nobody"}, {"article": "x"}, {"year": "12"},
     {"year": "²⁰¹²"}, {"sort": "size"}, {"page": 0}, {"page": 10**9}, {"per_page": 0},
     {"theme": "x" * 100_000}],
    ids=lambda wrong: str(wrong)[:30],
)  # fmt: skip
def test_a_parameter_nothing_can_have_is_said_plainly(search: Search, wrong: Any) -> None:
    """A parameter that no result can have is refused in a short sentence."""
    with pytest.raises(QueryError) as error:
        search.find("GP", **wrong)
    assert str(error.value).endswith(".") and len(str(error.value)) < 200


def test_withheld_words_are_not_found(content_copy: Path, tmp_path: Path) -> None:
    """Where an article shows only its quotations, the rest of its words find nothing."""
    path = content_copy / "articles" / "gp-commissioners-set-up-to-fail.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("display: full", "display: quotations"), encoding="utf-8")
    whole, part = load(ROOT / "content"), load(content_copy)
    opened = Search.open(part, tmp_path / "index", LOG)
    gone = _words(whole) - _words(part)
    assert "guardian" in gone and opened.find("guardian").total == 0
    for word in gone:
        for hit in opened.find(word, per_page=100).hits:
            assert word not in re.findall("[a-z]+", hit.text.casefold())


def _words(library: Library) -> set[str]:
    parts = Units(library)
    return {word for unit in parts.all for part in parts.parts(unit)
            for word in re.findall(r"[a-z]+", part.casefold())}  # fmt: skip


def test_repeated_answers_are_the_same(search: Search) -> None:
    """A query repeated has the very answer given before, and few answers are kept."""
    assert search.find("GP support") is search.find("GP support")
    first = search.find("GP support")
    for number in range(Answers.MOST + 1):
        search.find(f"GP {number}")
    assert search.find("GP support") is not first and search.find("GP support") == first


# The life of the index


def generations(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_built_once(library: Library, tmp_path: Path) -> None:
    """The first start builds the index, the second opens it, and a search writes nothing."""
    Search.open(library, tmp_path, LOG)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    opened = Search.open(library, tmp_path, LOG)
    assert [opened.find(query).total for query in QUERIES]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert generations(tmp_path) == [generation(Units(library))]


def test_other_content_is_another_index(library: Library, tmp_path: Path) -> None:
    """When a word of the content changes, a new index is built and the old one cleared."""
    Search.open(library, tmp_path, LOG)
    (before,) = generations(tmp_path)
    claim = next(iter(library.claims.values()))
    other = replace(claim, says="Somebody says zebra.")
    changed = replace(library, claims={**library.claims, claim.id: other})
    assert Search.open(changed, tmp_path, LOG).find("zebra").total == 1
    (after,) = generations(tmp_path)
    assert after != before
    assert Search.open(library, tmp_path, LOG).find("zebra").total == 0


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _garbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_emptied, _garbled, Path.unlink])
def test_a_damaged_index_is_rebuilt(
    library: Library, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Whichever file is damaged, and however, the index is built again and answers."""
    build(library, tmp_path)
    for number in range(len(list(next(tmp_path.iterdir()).iterdir()))):
        damage(sorted(next(tmp_path.iterdir()).iterdir())[number])
        assert Search.open(library, tmp_path, LOG).find("Glasby").hits[0].record == "jon-glasby"
        assert store.load(tmp_path, generation(Units(library))) is not None


def test_a_folder_that_cannot_be_written(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written the index is kept in memory, and one line of the log says so."""
    (tmp_path / "search_index").write_text("not a folder")
    opened = Search.open(library, tmp_path / "search_index", LOG)
    assert opened.find("Glasby").hits[0].record == "jon-glasby"
    (line,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "memory" in line.message


def test_a_full_disk(tmp_path: Path) -> None:
    """Where the disk fills up in the middle, the index is kept in memory and nothing is left."""
    code = f"""if True:
        import resource, signal, sys, logging
        from pathlib import Path
        from reference.content.loading import load
        from reference.search.engine import Search
        library = load(Path({str(ROOT / "content")!r}))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        search = Search.open(library, Path({str(tmp_path)!r}), logging.getLogger())
        assert search.find("Glasby").hits[0].record == "jon-glasby"
        print(list(Path({str(tmp_path)!r}).iterdir()))"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    assert done.stderr.count("memory") == 1


def test_a_killed_build_leaves_nothing_open(library: Library, tmp_path: Path) -> None:
    """A process killed while building leaves no index to be opened, and its leavings are cleared
    once they are old enough to be nobody's."""
    code = f"""if True:
        from pathlib import Path
        from reference.search import engine as search
        from reference.content.loading import load
        def slowly(done, of): print("begun", flush=True); import time; time.sleep(60)
        search.build(load(Path({str(ROOT / "content")!r})), Path({str(tmp_path)!r}), slowly)"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGKILL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(store.BUILDING)
    Search.open(library, tmp_path, LOG)
    assert left.exists()
    old = time.time() - store.ABANDONED - 60
    os.utime(left, (old, old))
    Search.open(library, tmp_path, LOG)
    assert not left.exists() and generations(tmp_path) == [generation(Units(library))]


def test_another_users_index_is_not_opened(library: Library, tmp_path: Path) -> None:
    """What another user wrote is not read, because Whoosh would run what is pickled in it."""
    if not hasattr(os, "chown") or os.geteuid() != 0:
        pytest.skip("needs root to give a folder away")
    path = build(library, tmp_path)
    os.chown(path, 12345, 12345)
    assert store.load(tmp_path, path.name) is None


# Many at once


def _answers(search: Search, queries: list[str]) -> list[Results]:
    search.forget()
    return [search.find(query, per_page=100) for query in queries]


def _in_a_process(place: Path) -> list[Results]:
    return _answers(Search.open(load(ROOT / "content"), place, LOG), QUERIES)


def test_many_threads_are_answered_alike(search: Search) -> None:
    """Twenty threads at once, each question anew, get the answers of one alone."""
    alone = {query: search.find(query, per_page=100) for query in QUERIES}

    def ask(turn: int) -> bool:
        queries = QUERIES[turn % 10 :] + QUERIES[: turn % 10]
        return _answers(search, queries * 3) == [alone[query] for query in queries * 3]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(20) as threads:
            assert all(threads.map(ask, range(60)))
    finally:
        sys.setswitchinterval(interval)


def test_many_processes_start_at_once(search: Search, tmp_path: Path) -> None:
    """Six processes that all find no index leave one good one, and answer alike."""
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        answers = pool.map(_in_a_process, [tmp_path] * 12, chunksize=1)
    assert all(answer == _answers(search, QUERIES) for answer in answers)
    assert len(generations(tmp_path)) == 1


def test_a_generation_cleared_under_a_running_search(library: Library, tmp_path: Path) -> None:
    """A search that is open goes on answering, in new threads too, when its folder is emptied."""
    opened = Search.open(library, tmp_path, LOG)
    store.clear(tmp_path, "another")
    assert generations(tmp_path) == []
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: _answers(opened, QUERIES), range(8)))
    assert all(answer == answers[0] for answer in answers) and answers[0][0].total
