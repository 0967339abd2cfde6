"""
The questions that answering is trained on, and the articles that they are asked of.

Three sources: invented articles with questions (`articles/`), questions of our own on press
texts of the training sets (`press_questions/`, by the offsets of what answers), and the
training half of KorQuAD (`search.training.korquad`).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from search.evaluate import read_judged
from search.gold import Quote, json_lines
from search.training.korquad import split

HERE = Path(__file__).parent
PRESS = {
    "science": "news-other/news-sci-news-sum-50/news.jsonl",
    "bigkinds": "news-other/news-bigkinds-2023-05-snippets/news.jsonl",
}
PARAGRAPH = 3
"""Sentences of an invented article that stand in one paragraph."""


class Question(NamedTuple):
    """
    A question with what answers it.

    Args:
        id: Unique among all.
        text: As asked.
        documents: Ids of the relevant articles.
        quotes: Sentences that answer alone.
        partial: Sentences that answer in part.
        answers: Short answers; empty where a whole sentence is the answer.
        group: Questions of one story are trained or measured together.
        weight: In training.
    """

    id: str
    text: str
    documents: tuple[str, ...]
    quotes: tuple[Quote, ...]
    partial: tuple[Quote, ...]
    answers: tuple[str, ...]
    group: str
    weight: float


class Unanswerable(NamedTuple):
    """A question about an article that neither it nor another one answers."""

    id: str
    text: str
    group: str


class Archive(NamedTuple):
    """Articles, as JSONL records, and what is asked of them."""

    documents: list[Mapping[str, Any]]
    questions: list[Question]
    unanswerable: list[Unanswerable]


def read_news(data: Path) -> Archive:
    """Read the invented articles and the press texts with their questions."""
    archive = Archive([], [], [])
    for path in sorted((HERE / "articles").glob("*.jsonl")):
        for _, record in json_lines(path):
            _add_invented(archive, record)
    for name, source in PRESS.items():
        bodies = {}
        for _, record in json_lines(data / source):
            bodies[record["id"]] = record["body"]
            document = {"_id": record["id"], "title": record["title"], "text": record["body"]}
            archive.documents.append({**document, "date": record.get("date")})
        for number, (_, record) in enumerate(
            json_lines(HERE / "press_questions" / f"{name}.jsonl")
        ):
            _add_press(archive, f"{name}-{number}", record, bodies[record["article"]])
    return archive


def read_korquad(folder: Path) -> Archive:
    """Read all of KorQuAD's paragraphs and the questions of its training half."""
    judged = read_judged(folder / "queries.jsonl", folder / "qrels.tsv")
    documents = [record for _, record in json_lines(folder / "corpus.jsonl")]
    titles = {record["_id"]: record["title"] for record in documents}
    archive = Archive(documents, [], [])
    for record in split(folder).train:
        relevant = tuple(judged.qrels[record["_id"]])
        answers = tuple(record["answers"])
        quotes = tuple(Quote(name, 0, answer) for name in relevant for answer in answers)
        archive.questions.append(
            Question(
                record["_id"],
                record["text"],
                relevant,
                quotes,
                (),
                answers,
                titles[relevant[0]],
                0.3,
            )
        )
    return archive


def write_corpus(archive: Archive, path: Path) -> None:
    """Write the articles as a corpus that a build can read."""
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in archive.documents)
    path.write_text("".join(lines), encoding="utf-8")


def _add_invented(archive: Archive, record: Mapping[str, Any]) -> None:
    text, starts = "", []
    for n, sentence in enumerate(record["sentences"]):
        if text:
            text += "\n\n" if n % PARAGRAPH == 0 else " "
        starts.append(len(text))
        text += sentence
    archive.documents.append(
        {
            "_id": record["id"],
            "title": record["title"],
            "text": text,
            "publisher": record["publisher"],
            "date": record["date"],
        }
    )

    def quotes(places: list[int]) -> Iterator[Quote]:
        for n in places:
            yield Quote(record["id"], starts[n], record["sentences"][n])

    for number, asked in enumerate(record["questions"]):
        archive.questions.append(
            Question(
                f"{record['id']}-{number}",
                asked["text"],
                (record["id"],),
                tuple(quotes(asked["evidence"])),
                tuple(quotes(asked["partial"])),
                (asked["answer"],) if asked["answer"] else (),
                record["story"],
                1.0,
            )
        )
    _add_unanswerable(archive, record["id"], record["story"], record["unanswerable"])


def _add_press(archive: Archive, name: str, record: Mapping[str, Any], body: str) -> None:
    article = record["article"]
    if "unanswerable" in record:
        _add_unanswerable(archive, name, article, record["unanswerable"])
        return
    quotes = tuple(Quote(article, start, body[start:end]) for start, end in record["evidence"])
    answers = () if record["answer"] is None else (body[slice(*record["answer"])],)
    # Leads of one day tell the same events, so another article may answer as well.
    weight = 0.5 if name.startswith("bigkinds") else 1.0
    archive.questions.append(
        Question(name, record["text"], (article,), quotes, (), answers, article, weight)
    )


def _add_unanswerable(archive: Archive, name: str, group: str, texts: Mapping[str, str]) -> None:
    for language, text in sorted(texts.items()):
        archive.unanswerable.append(Unanswerable(f"{name}-{language}", text, group))
