"""Search measured beside SQLite FTS5 and tantivy, on the library and on synthetic passages.

    python -m benchmarks.search                    # the library, 1,000 and 10,000 passages
    python -m benchmarks.search 1000 100000        # other sizes

All three hold the same units of text and answer the same queries with their best twenty. FTS5 and
tantivy are bare: a query, ranked by BM25, and the numbers of the rows. This search is whole: the
query read, units found, ranked, counted, faceted, marked. "new" forgets every answer before each
query; "again" is a query repeated. The passages have a fixed seed: every run measures the same.
"""

import argparse
import gc
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from logging import getLogger
from pathlib import Path
from statistics import quantiles

import tantivy

from reference.content.loading import load
from reference.records import Article, Claim, Date, Library, Passage, Person, Publication, Span
from reference.search.engine import Search, build
from reference.search.units import Units

CONTENT = Path(__file__).parent.parent / "content"
SEED, WORDS, LENGTH, TO_AN_ARTICLE, PEOPLE, ROUNDS = 20120620, 20_000, 80, 50, 200, 5
SHOWN = 20

Ask = Callable[[str], object]


@dataclass(frozen=True)
class Measured:
    """One engine on one library: seconds to build, bytes on disk, milliseconds a query."""

    engine: str
    build: float
    size: int
    times: Sequence[float]

    @property
    def p50(self) -> float:
        return quantiles(self.times, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.times, n=100)[98]


def synthetic(passages: int, shipped: Library) -> tuple[Library, list[str]]:
    """A library of so many passages of Zipf-distributed words, and queries made from its words."""
    chance = random.Random(SEED)
    words = _vocabulary(chance, shipped)
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    people = {person.id: person for person in _people(chance)}
    articles: dict[str, Article] = {}
    claims: dict[str, Claim] = {}
    for first in range(0, passages, TO_AN_ARTICLE):
        texts = [
            " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(20, 2 * LENGTH)))
            for _ in range(min(TO_AN_ARTICLE, passages - first))
        ]
        title = " ".join(chance.choices(words, cum_weights=weights, k=6))
        article = _article(f"article-{first}", title, texts, str(chance.randint(2005, 2014)))
        articles[article.id] = article
        for passage in article.passages:
            claim = _claim(chance, article, passage, list(people.values()), list(shipped.themes))
            claims[claim.id] = claim
    library = replace(
        shipped, articles=articles, claims=claims, people=people, version=f"synthetic {passages}"
    )
    return library, list(_queries(chance, library, words))


def _article(id: str, title: str, texts: Sequence[str], year: str) -> Article:
    return Article(
        id=id,
        title=title,
        kind="news",
        authors=(),
        publication=Publication("Synthetic"),
        date=Date(year, year, year),
        date_basis="",
        rights="",
        display="full",
        passages=tuple(Passage(f"p{n}", text) for n, text in enumerate(texts, 1)),
    )


def _claim(
    chance: random.Random,
    article: Article,
    passage: Passage,
    people: Sequence[Person],
    themes: Sequence[str],
) -> Claim:
    speaker = chance.choice(people)
    quote = " ".join(passage.text.split()[3:15])
    start = passage.text.index(quote)
    return Claim(
        id=f"{article.id}-{passage.id}",
        says=f"{speaker.name} says that {' '.join(chance.sample(passage.text.split(), 10))}.",
        quote=quote,
        voice="direct",
        speakers=(speaker.id,),
        themes=tuple(chance.sample(themes, chance.choice((1, 1, 2)))),
        kind="context",
        contrasts=(),
        article=article.id,
        passage=passage.id,
        spans=(Span(start, start + len(quote)),),
    )


def _vocabulary(chance: random.Random, shipped: Library) -> list[str]:
    """The shipped articles' own words, most frequent first, then invented ones."""
    counts: dict[str, int] = {}
    for article in shipped.articles.values():
        for passage in article.passages:
            for word in re.findall(r"[a-z]+", passage.text.lower()):
                counts[word] = counts.get(word, 0) + 1
    words = dict.fromkeys(sorted(counts, key=lambda word: -counts[word]))
    syllables = re.findall(r"\w+", "ba co di fu le mo ni pa ra se ti vo wen ster lin gar")
    while len(words) < WORDS:
        words["".join((*chance.choices(syllables, k=3), chance.choice("nlmtdk")))] = None
    return list(words)


def _people(chance: random.Random) -> Iterator[Person]:
    firsts = ("Ann", "Ben", "Cath", "Dan", "Eve", "Fay", "Guy", "Ian", "Jo", "Kay")
    heads = ("Bar", "Cal", "Den", "For", "Gil", "Hal", "Mar", "Nor", "Sut", "Wil")
    tails = ("by", "den", "ford", "ham", "ley", "man", "ton", "well", "wick", "worth")
    for number in range(PEOPLE):
        first, surname = chance.choice(firsts), chance.choice(heads) + chance.choice(tails)
        yield Person(f"person-{number}", f"{first} {surname}", f"{surname}, {first}")


def _queries(chance: random.Random, library: Library, words: Sequence[str]) -> Iterator[str]:
    """Words common and rare, alone and together; phrases; half sentences; names."""
    passages = [p.text.split() for a in list(library.articles.values())[:400] for p in a.passages]
    telling = [word for word in words[:2_000] if len(word) > 4]
    for _ in range(8):
        yield telling[chance.randint(0, 30)]
        yield telling[chance.randint(30, 300)]
        yield telling[chance.randint(300, 1_200)]
        text = chance.choice(passages)
        yield " ".join(chance.sample([w for w in text if len(w) > 4] or text, 2))
        yield " ".join(chance.sample([w for w in text if len(w) > 3] or text, 3))
        yield " ".join(text[4:10])
        yield '"' + " ".join(text[2:4]) + '"'
        yield chance.choice(list(library.people.values())).name


SHIPPED = """
Glasby
Buckman
Johnny Marshall
BMA
NAPC chair
health secretary
PCT managers
training
support
data quality
junk data
the data is junk
set up to fail
"set up to fail"
mid-life crisis
textbooks
practice-based commissioning
primary care trust
clinical commissioning groups
knock-on effects
spending regime investment regime
leaders
GP
commissioning
hospital
"big ticket items"
judicial review
where are the introductory textbooks
power and influence
partnership of equals
financial risk
management costs
White Paper
skills
jargon
Royal College
local population
budgets
how much longer can the NHS wait
National Board
""".strip().splitlines()


def timed(ask: Ask, queries: Iterable[str], before: Callable[[], object] = int) -> list[float]:
    """Milliseconds of each query in each round, after one round that does not count."""
    queries = list(queries)
    times = []
    for round in range(ROUNDS + 1):
        for query in queries:
            before()
            start = time.perf_counter()
            ask(query)
            if round:
                times.append((time.perf_counter() - start) * 1_000)
    return times


def fts5(texts: Sequence[str], folder: Path, queries: Sequence[str]) -> Measured:
    """SQLite's full-text search, with its Porter stemmer."""
    path = folder / "fts5.db"
    start = time.perf_counter()
    database = sqlite3.connect(path)
    database.execute("CREATE VIRTUAL TABLE units USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO units (text) VALUES (?)", ((text,) for text in texts))
    database.commit()
    took = time.perf_counter() - start
    statement = f"SELECT rowid FROM units WHERE units MATCH ? ORDER BY bm25(units) LIMIT {SHOWN}"
    read = {query: _bare(query) for query in queries}
    times = timed(lambda query: database.execute(statement, (read[query],)).fetchall(), queries)
    database.close()
    return Measured("SQLite FTS5", took, path.stat().st_size, times)


def _bare(query: str) -> str:
    """A query in FTS5's own words; reading it is not part of what is measured."""
    if query.startswith('"'):
        return query
    return " ".join(f'"{word}"' for word in re.findall(r"\w+", query))


def tantivy_(texts: Sequence[str], folder: Path, queries: Sequence[str]) -> Measured:
    """tantivy, with its English stemmer; all words wanted."""
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("text", tokenizer_name="en_stem")
    fields.add_unsigned_field("number", stored=True)
    path = folder / "tantivy"
    path.mkdir()
    start = time.perf_counter()
    index = tantivy.Index(fields.build(), path=str(path))
    writer = index.writer()
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=text, number=number))
    writer.commit()
    writer.wait_merging_threads()
    took = time.perf_counter() - start
    index.reload()
    searcher = index.searcher()
    read = {
        query: index.parse_query(query, ["text"], conjunction_by_default=True) for query in queries
    }
    times = timed(lambda query: searcher.search(read[query], SHOWN).hits, queries)
    return Measured("tantivy", took, _size(path), times)


def ours(library: Library, folder: Path, queries: Sequence[str]) -> Iterator[Measured]:
    start = time.perf_counter()
    path = build(library, folder)
    took, size = time.perf_counter() - start, _size(path)
    search = Search.open(library, folder, getLogger())
    timed(search.find, queries[:1])
    gc.freeze()
    yield Measured("ours, new", took, size, timed(search.find, queries, search.forget))
    yield Measured("ours, again", took, size, timed(search.find, queries))


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def table(name: str, library: Library, queries: Sequence[str]) -> None:
    units = Units(library)
    texts = ["\n".join(units.parts(unit)) for unit in units.all]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        base = fts5(texts, folder, queries)
        rows = [base, tantivy_(texts, folder, queries), *ours(library, folder / "ours", queries)]
    print(f"\n{name}: {len(texts):,} units, {len(queries)} queries, {ROUNDS} rounds")
    print(f"{'':14}{'build s':>10}{'×':>7}{'MB':>9}{'p50 ms':>10}{'×':>7}{'p99 ms':>10}{'×':>7}")
    for row in rows:
        print(
            f"{row.engine:14}{row.build:10.2f}{row.build / base.build:7.1f}{row.size / 1e6:9.2f}"
            f"{row.p50:10.3f}{row.p50 / base.p50:7.2f}{row.p99:10.3f}{row.p99 / base.p99:7.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("passages", nargs="*", type=int, default=[1_000, 10_000])
    shipped = load(CONTENT)
    table("The library", shipped, SHIPPED)
    for passages in parser.parse_args().passages:
        table(f"{passages:,} synthetic passages", *synthetic(passages, shipped))


if __name__ == "__main__":
    main()
