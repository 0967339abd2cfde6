"""What answering is trained on: our own articles and questions, and one half of KorQuAD."""

import hashlib
import json
from pathlib import Path

import pytest

from search.gold import find_quotes
from search.training.questions import HERE, Archive, read_korquad, read_news, write_corpus

ARTICLES = sorted((HERE / "articles").glob("*.jsonl"))
KINDS = {"why", "how", "who", "when", "where", "number", "what"}


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_invented_article_holds_what_its_questions_need(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        n = len(article["sentences"])
        assert n >= 10
        assert set(article["unanswerable"]) == {"ko", "en"}
        for asked in article["questions"]:
            assert asked["kind"] in KINDS
            assert asked["language"] in {"ko", "en"}
            assert asked["evidence"]
            assert all(0 <= i < n for i in asked["evidence"] + asked["partial"])
            assert asked["answer"] in article["sentences"][asked["evidence"][0]]


def test_invented_articles_have_names_of_their_own() -> None:
    lines = [line for path in ARTICLES for line in path.read_text(encoding="utf-8").splitlines()]
    articles = [json.loads(line) for line in lines]
    assert len({article["id"] for article in articles}) == len(articles) > 500
    texts = [asked["text"] for article in articles for asked in article["questions"]]
    assert len(set(texts)) > 0.99 * len(texts)


@pytest.fixture(scope="module")
def news(news_data: Path) -> Archive:
    return read_news(news_data)


def test_every_quote_stands_in_its_article(news: Archive) -> None:
    texts = {record["_id"]: record["text"] for record in news.documents}
    for question in news.questions:
        found = find_quotes(question.quotes, (), texts.get)
        assert set(found) == set(question.documents), question.id
        assert all(answer in texts[question.documents[0]] for answer in question.answers)


def test_questions_have_names_of_their_own(news: Archive) -> None:
    names = [asked.id for asked in news.questions]
    names += [asked.id for asked in news.unanswerable]
    assert len(set(names)) == len(names) > 4_000


def test_a_corpus_is_written_as_it_is_read(news: Archive, tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    write_corpus(Archive(news.documents[:3], [], []), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == news.documents[:3]


def test_nothing_held_out_is_trained_on(news_data: Path) -> None:
    archive = read_korquad(news_data / "korquad-dev")
    titles = {record["_id"]: record["title"] for record in archive.documents}
    used = {titles[name] for asked in archive.questions for name in asked.documents}
    digests = {hashlib.sha256(title.encode("utf-8")).hexdigest()[0] for title in used}
    assert digests <= set("89abcdef")
    assert len(archive.questions) == 3_255
