"""How cost grows with the library: articles in the real format, 5 to 5,000, measured whole.

    python -m benchmarks.scale                        # 5, 50, 500 and 5,000 articles
    python -m benchmarks.scale 5 50 --export 5 50     # these sizes, a static copy of each

Each library has a fixed seed, about 15 passages and 25 claims an article, people who recur, and
themes that grow slowly in number. Times are of the real commands and the real app, each in a
process of its own, and are processor time, so that other work on the machine does not count:
seconds for commands and a later start, the median in milliseconds for pages, each made anew.
The references of a hundred articles are set together by other processes: "first article" is what
a reader waits for the first page of a hundred. The last table holds the cost an article, or of a
page, at each size against that at 50: it must stay within 1.5.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from reference.pages.views import Site

ROOT = Path(__file__).parent.parent
SEED = 20120620
PASSAGES, CLAIMS, WORDS, SPEAKING = 15, 25, 75, 5
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
KINDS = ("problem", "remedy", "strength", "context")


@dataclass
class Making:
    """A library in the making: the words it is written in, and who speaks in it."""

    chance: random.Random
    vocabulary: list[str]
    weights: list[float]
    themes: list[str]
    people: dict[str, str] = field(default_factory=dict)
    described: dict[str, tuple[str, str]] = field(default_factory=dict)

    def words(self, count: int) -> list[str]:
        return self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)

    def newcomer(self) -> str:
        """A person of a name nobody has yet."""
        while True:
            names = ["".join(self.chance.choices(SYLLABLES, k=3)).title() for _ in range(2)]
            id = "-".join(names).lower()
            if id not in self.people:
                self.people[id] = " ".join(names)
                return id


def write_library(folder: Path, articles: int) -> None:
    """Write a library of so many articles, the same each time, as an editor's files."""
    chance = random.Random(SEED)
    vocabulary = list(dict.fromkeys("".join(chance.choices(SYLLABLES, k=3)) for _ in range(20_000)))
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(vocabulary))))
    themes = [f"theme-{number}" for number in range(1, 8 + len(str(articles)))]
    making = Making(chance, vocabulary, weights, themes)
    for part in ("articles", "themes"):
        (folder / part).mkdir(parents=True)
    cited: dict[str, list[str]] = {theme: [] for theme in themes}
    for number in range(1, articles + 1):
        write_article(folder / "articles", f"article-{number}", making, cited)
    for order, theme in enumerate(themes, 1):
        write_theme(folder / "themes" / f"{theme}.md", order, making, cited[theme])
    write_people(folder / "people.yaml", making)
    entry = {"abbreviation": "CCG", "expansion": "clinical commissioning group"}
    glossary = json.dumps([entry | {"source": "article-1", "confidence": "stated-in-source"}])
    (folder / "glossary.yaml").write_text(glossary, encoding="utf-8")


def write_article(folder: Path, id: str, making: Making, cited: dict[str, list[str]]) -> None:
    """One article: its speakers (all but one known from others), passages, claims."""
    chance = making.chance
    known = list(islice(making.people, 4000))
    speakers = chance.sample(known, min(len(known), SPEAKING - 1))
    speakers += [making.newcomer() for _ in range(SPEAKING - len(speakers))]
    passages = []
    for number in range(PASSAGES):
        words = making.words(WORDS)
        words[0] = words[0].title()
        if number < len(speakers):
            who, job = speakers[number], " ".join(["chair of the", *making.words(2), "committee"])
            making.described.setdefault(who, (id, job))
            words[4] = f"{making.people[who]}, {job}, {words[4]}"
        passages.append(words)
    lines = [
        f"title: {' '.join(making.words(8)).capitalize()}",
        "kind: news",
        f"authors: [{speakers[-1]}]",
    ]
    year, month = chance.randrange(2006, 2014), chance.randrange(1, 13)
    lines += ["publication: {name: Pulse}", f"date: {year}-{month:02}-{chance.randrange(1, 29):02}"]
    lines += [
        "date_basis: The article states it.",
        f"url: https://example.org/{id}",
        "rights: Pulse",
    ]
    lines += ["display: full", "claims:"]
    for number in range(CLAIMS):
        words, theme = passages[number % PASSAGES], chance.choice(making.themes)
        start = chance.randrange(6, WORDS - 14)
        who = chance.choice(speakers)
        lines += [
            f"  - id: {id}-claim-{number}",
            f"    says: {making.people[who]} says that {' '.join(making.words(12))}.",
            f"    quote: {' '.join(words[start : start + 12])}",
            "    voice: reported",
            f"    speakers: [{who}]",
            f"    themes: [{theme}]",
            f"    kind: {chance.choice(KINDS)}",
        ]
        cited[theme].append(f"{id}-claim-{number}")
    body = "\n\n".join(" ".join(words) + "." for words in passages)
    text = "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"
    (folder / f"{id}.md").write_text(text, encoding="utf-8")


def write_theme(path: Path, order: int, making: Making, claims: Sequence[str]) -> None:
    """A theme's page: as long at any size, each sentence citing a claim."""
    chosen = making.chance.sample(list(claims), min(len(claims), 20))
    sentences = [f"{' '.join(making.words(15)).capitalize()} [@{id}]." for id in chosen]
    paragraphs = "\n\n".join(" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))
    head = f"title: Theme {order}\norder: {order}\nsummary: {' '.join(making.words(10))}."
    path.write_text(f"---\n{head}\n---\n\n## Argument\n\n{paragraphs}\n", encoding="utf-8")


def write_people(path: Path, making: Making) -> None:
    lines = []
    for id, name in making.people.items():
        first, last = name.split()
        lines += [f"- id: {id}", f"  name: {name}", f'  sort: "{last}, {first}"']
        if id in making.described:
            article, words = making.described[id]
            lines += ["  described:", f"    - {{article: {article}, as: {words}}}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def command(*arguments: str) -> float:
    """Processor seconds that a command of the site takes, as a process of its own."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "app.py", *arguments], cwd=ROOT, check=True, capture_output=True
    )
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(size: int, exported: bool) -> dict[str, float]:
    """Every figure for one size: seconds, megabytes, and milliseconds a page or a search."""
    with tempfile.TemporaryDirectory() as name:
        content, index = Path(name, "content"), str(Path(name, "index"))
        write_library(content, size)
        there = ("--content", str(content))
        figures = {"check s": command("check", *there)}
        figures["index s"] = command("index", *there, "--index", index)
        probe = [sys.executable, "-m", "benchmarks.scale", "--probe", str(content), index]
        made = subprocess.run(probe, cwd=ROOT, check=True, capture_output=True, text=True)
        figures |= json.loads(made.stdout)
        if exported:
            figures["export s"] = command(
                "export", *there, "--index", index, str(Path(name, "site"))
            )
        return figures


def probed(content: Path, index: Path) -> dict[str, float]:
    """In a process of its own: a later start, memory, and pages and searches asked for once."""
    from app import create_app

    app = create_app(content, index)
    client = app.test_client()
    client.get("/")
    figures = {"start s": time.process_time(), "memory MB": resident()}
    site: Site = app.extensions["site"]
    begun = time.perf_counter()
    client.get(f"/articles/{next(iter(site.library.articles))}/")
    figures["first article ms"] = (time.perf_counter() - begun) * 1000
    for kind, paths in pages(site).items():
        figures[f"{kind} ms"] = milliseconds(client, paths)
    chance = random.Random(SEED)
    texts = [p.text.split() for a in islice(site.library.articles.values(), 50) for p in a.passages]
    queries = [" ".join(chance.sample(chance.choice(texts), 2)) for _ in range(40)]
    queries += [f'"{" ".join(chance.choice(texts)[20:24])}"' for _ in range(10)]
    queries += [p.name for p in islice(site.library.people.values(), 10)]
    figures["search ms"] = milliseconds(client, [f"/search/?q={query}" for query in queries])
    figures["memory, asked MB"] = resident()
    return figures


def pages(site: "Site") -> Mapping[str, Sequence[str]]:
    """Twenty pages of each kind, side by side; of lists, the first, a middle and the last."""
    from reference.pages.views import PER_PAGE

    library = site.library

    def some(part: str, ids: Sequence[str]) -> list[str]:
        middle = max(0, len(ids) // 2 - 10)
        return [f"/{part}/{id}/" for id in ids[middle : middle + 20]]

    def sheets(part: str, count: int) -> list[str]:
        last = max(1, -(-count // PER_PAGE))
        return [
            f"/{part}/",
            *(f"/{part}/page/{n}/" for n in sorted({(last + 1) // 2, last}) if n > 1),
        ]

    return {
        "home": ["/"] * 3,
        "themes": ["/themes/"] * 3,
        "theme": some("themes", [*library.themes]),
        "article": some("articles", [*library.articles]),
        "claim": some("claims", [*library.claims]),
        "person": some("people", [*library.people]),
        "articles": sheets("articles", len(library.articles)),
        "people": sheets("people", len(library.people)),
        "claims": sheets("claims", len(library.claims)),
        "about": ["/about/"] * 3,
    }


def milliseconds(client: "FlaskClient", paths: Sequence[str]) -> float:
    """The median processor time of a page, once its template is read."""
    client.get(paths[0])
    times = []
    for path in paths:
        begun = time.process_time()
        response = client.get(path)
        times.append((time.process_time() - begun) * 1000)
        assert response.status_code == 200, f"{path}: {response.status}"
    return median(times)


def resident() -> float:
    """Megabytes of memory this process holds."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def table(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """Figures by size, and what an article costs at each size against 50 articles."""
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))
    yield "".join([f"{'':18}", *(f"{size:>12,}" for size in found)])
    for name in names:
        shown = (
            f"{found[size][name]:12.2f}" if name in found[size] else f"{'–':>12}" for size in found
        )
        yield f"{name:18}" + "".join(shown)
    if 50 not in found:
        return
    yield "\nan article's share against 50 articles (seconds), or a page's cost against it (ms)"
    for name in names:
        if name.endswith("MB") or name not in found[50]:
            continue
        each = {
            size: figures[name] / (size if name.endswith(" s") else 1)
            for size, figures in found.items()
            if name in figures
        }
        shown = (
            f"{each[size] / each[50]:12.2f}" if size in each else f"{'–':>12}" for size in found
        )
        yield f"{name:18}" + "".join(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[5, 50, 500, 5000])
    parser.add_argument(
        "--export", type=int, nargs="*", default=[5, 50], help="sizes to export too"
    )
    parser.add_argument("--probe", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        print(json.dumps(probed(*options.probe)))
        return
    found = {}
    for size in options.sizes:
        found[size] = measured(size, size in options.export)
        print(f"{size}: {found[size]}", file=sys.stderr, flush=True)
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
