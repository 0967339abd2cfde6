"""The sentences of the best articles, with the passages that hold them."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from index.analysis import Analyzer
from index.build import build_index
from index.snapshot import Snapshot, open_snapshot
from search.answer_candidates import (
    MAX_SENTENCES,
    N_ARTICLES,
    CandidateSentence,
    candidate_sentences,
)
from search.clock import Clock
from search.engine import SearchEngine
from search.ranking import Ranked

N_LONG = 150
LONG = "\n".join(f"제{n}구역 주민들은 봄마다 나루터에 모여 배를 고쳤다." for n in range(N_LONG))
ARTICLES = {
    "긴-1": LONG,
    "짧은-1": "은빛마을에 새 다리가 놓였다. 다리는 길이가 삼백 미터다.",
    "짧은-2": "바람골에서 연날리기 대회가 열렸다. 아이들이 연을 띄웠다. 비는 오지 않았다.",
    "중간-1": " ".join(
        f"별내천 공사 {n}일째에 일꾼들이 둑을 한 자씩 더 쌓았다." for n in range(30)
    ),
    **{f"작은-{n}": f"솔밭마을 {n}호 우물이 말랐다." for n in range(6)},
    "속보-1": "",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer) -> Iterator[Snapshot]:
    """A build of articles of one to 150 sentences, and of one that is a headline alone."""
    folder = tmp_path_factory.mktemp("candidates")
    lines = (
        json.dumps({"id": name, "title": f"{name} 소식", "text": text}, ensure_ascii=False)
        for name, text in ARTICLES.items()
    )
    (folder / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build_index([folder / "news.jsonl"], Path(folder / "index"), analyzer=analyzer)
    opened = open_snapshot(folder / "index", analyzer=analyzer)
    yield opened
    opened.close()


def rows_of(built: Snapshot, name: str) -> list[int]:
    row = built.store.document_ids().index(name)
    return np.flatnonzero(built.columns.document_of == row).tolist()


def ranked(*hits: tuple[int, float]) -> Ranked:
    rows, scores = zip(*hits, strict=True)
    return Ranked(np.array(rows), np.array(scores), {})


def by_article(found: list[CandidateSentence]) -> dict[str, list[CandidateSentence]]:
    grouped = groupby(found, key=lambda each: each.article)
    groups = [(article.document.id, list(each)) for article, each in grouped]
    assert len(dict(groups)) == len(groups), "the sentences of an article stand together"
    return dict(groups)


def test_articles_come_in_the_order_of_their_best_passages(built: Snapshot) -> None:
    middle, short, long = (rows_of(built, name) for name in ("중간-1", "짧은-2", "긴-1"))
    found = by_article(
        candidate_sentences(
            built,
            ranked((middle[2], 0.9), (long[0], 0.8), (middle[0], 0.7), (short[0], 0.6)),
        )
    )
    assert list(found) == ["중간-1", "긴-1", "짧은-2"]
    articles = [sentences[0].article for sentences in found.values()]
    assert [article.rank for article in articles] == [0, 1, 2]
    assert [article.score for article in articles] == [0.9, 0.8, 0.6]
    ids = built.store.document_ids()
    assert [ids[article.row] for article in articles] == list(found)
    assert [article.document.text for article in articles] == [ARTICLES[name] for name in found]


@pytest.mark.parametrize("n_articles", [1, 3, N_ARTICLES])
def test_only_the_best_articles_are_read(built: Snapshot, n_articles: int) -> None:
    rows = [rows_of(built, f"작은-{n}")[0] for n in (4, 2, 0, 5, 1, 3)]
    hits = ranked(*((row, 1 - place / 10) for place, row in enumerate(rows)))
    found = [each.article.document.id for each in candidate_sentences(built, hits, n_articles)]
    wanted = ["작은-4", "작은-2", "작은-0", "작은-5", "작은-1"]
    assert found == wanted[:n_articles]


def test_so_many_articles_are_read_where_nobody_says_how_many(built: Snapshot) -> None:
    hits = ranked(*((rows_of(built, f"작은-{n}")[0], 1 - n / 10) for n in range(6)))
    assert len(by_article(candidate_sentences(built, hits))) == N_ARTICLES


@pytest.mark.parametrize("name", ["짧은-1", "짧은-2", "중간-1"])
def test_a_short_article_is_taken_whole_in_reading_order(built: Snapshot, name: str) -> None:
    found = candidate_sentences(built, ranked((rows_of(built, name)[-1], 0.5)))
    assert " ".join(each.text for each in found) == ARTICLES[name]
    assert [each.n for each in found] == list(range(len(found)))
    assert {each.n_sentences for each in found} == {len(found)}


@pytest.mark.parametrize("place", [0, 1, 8, -2, -1])
def test_of_a_long_article_what_stands_around_its_best_passage_is_taken(
    built: Snapshot, place: int
) -> None:
    rows = rows_of(built, "긴-1")
    # A worse passage of the article, far away, does not move the window.
    others = [(row, 0.1) for row in (rows[0], rows[-1]) if row != rows[place]]
    found = candidate_sentences(built, ranked((rows[place], 0.9), *others))
    assert len(found) == MAX_SENTENCES
    numbers = [each.n for each in found]
    assert numbers == list(range(numbers[0], numbers[0] + MAX_SENTENCES))
    assert {each.n_sentences for each in found} == {N_LONG}
    assert [each.text for each in found] == [
        f"제{n}구역 주민들은 봄마다 나루터에 모여 배를 고쳤다." for n in numbers
    ]
    [best] = built.store.passages([rows[place]])
    for text in best.text.splitlines():
        assert any(text in each.text for each in found)
    if place == 0:
        assert numbers[0] == 0
    elif place == -1:
        assert numbers[-1] == N_LONG - 1
    elif place == 8:
        before = [each for each in found if each.stored.start < best.passage.start]
        behind = [each for each in found if each.stored.end > best.passage.end]
        assert len(before) >= 15
        assert len(behind) >= 15


@pytest.mark.parametrize("name", ["긴-1", "중간-1", "짧은-1"])
def test_the_passage_of_a_sentence_holds_it_and_gives_its_score(built: Snapshot, name: str) -> None:
    rows = rows_of(built, name)
    scores = {row: 0.9 - place / 100 for place, row in enumerate(rows[::2])}
    found = candidate_sentences(built, ranked(*scores.items()))
    spans = [each.passage for each in built.store.passages(rows)]
    for each in found:
        span = spans[each.passage]
        assert span.n == each.passage
        assert span.start <= each.stored.start < each.stored.end <= span.end
        assert each.score == scores.get(rows[each.passage], 0.0)
    assert found[0].passage == 0
    assert len(rows) < 3 or {each.score for each in found} >= {0.0, 0.9}


@pytest.mark.parametrize("better", [1, 2])
def test_a_sentence_that_two_passages_share_belongs_to_the_better(
    built: Snapshot, better: int
) -> None:
    rows = rows_of(built, "중간-1")
    first, second = (each.passage for each in built.store.passages([rows[1], rows[2]]))
    hits = {rows[1]: 0.4, rows[2]: 0.4, rows[better]: 0.8}
    order = sorted(hits.items(), key=lambda hit: -hit[1])
    [shared] = [
        each
        for each in candidate_sentences(built, ranked(*order))
        if second.start <= each.stored.start and each.stored.end <= first.end
    ]
    assert (shared.passage, shared.score) == (better, 0.8)


def test_a_shared_sentence_belongs_to_the_passage_that_was_found(built: Snapshot) -> None:
    rows = rows_of(built, "중간-1")
    for place in range(1, len(rows)):
        start = built.store.passages([rows[place]])[0].passage.start
        found = candidate_sentences(built, ranked((rows[place], 0.5)))
        [first] = [each for each in found if each.stored.start == start]
        assert (first.passage, first.score) == (place, 0.5)


def test_a_headline_alone_has_no_sentence_and_takes_a_place(built: Snapshot) -> None:
    flash, short = rows_of(built, "속보-1"), rows_of(built, "짧은-1")
    found = candidate_sentences(built, ranked((flash[0], 0.9), (short[0], 0.8)))
    assert {(each.article.document.id, each.article.rank) for each in found} == {("짧은-1", 1)}
    assert candidate_sentences(built, ranked((flash[0], 0.9))) == []


def test_nothing_found_gives_no_sentence(built: Snapshot) -> None:
    nothing = Ranked(np.zeros(0, np.int64), np.zeros(0), {})
    assert candidate_sentences(built, nothing) == []


def test_a_question_leads_to_the_sentences_of_its_article(built: Snapshot) -> None:
    found = SearchEngine(built).find("은빛마을 다리의 길이는?", k=3, clock=Clock())
    sentences = candidate_sentences(built, found.ranked)
    assert sentences[0].article.document.id == "짧은-1"
    assert sentences[0].article.score == max(found.ranked.scores)
    for each in sentences:
        assert each.text == ARTICLES[each.article.document.id][each.stored.start : each.stored.end]
        assert (each.stored.tokens[1] >= each.stored.start).all()
        assert (each.stored.tokens[2] <= each.stored.end).all()
