"""The engine over the sample articles."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.analysis import Analyzer
from index.build import build_index
from index.errors import DocumentNotFound, InputError
from index.snapshot import Snapshot, open_snapshot
from search.closest_sentence import ClosestSentence
from search.engine import MAX_PASSAGES_PER_DOCUMENT, EngineOptions, SearchEngine
from search.fuse import Fusion
from search.planner import Planner
from search.records import MAX_FILTER_VALUES, Filters, SearchResult

QUERIES = [
    "KT는 왜 정부 AI 사업에서 탈락했나?",
    "한울텔레콤 통신 장애의 원인은",
    "why was KT excluded?",
    "새빛시 버스 파업 임금",
    "2025년 9월 태풍",
]


def ids(result: SearchResult) -> list[str]:
    """Return the articles of a result, best first."""
    return [hit.document_id for hit in result.hits]


@pytest.fixture(params=list(Fusion))
def any_engine(request: pytest.FixtureRequest, snapshot: Snapshot) -> SearchEngine:
    """An engine of each kind of fusion."""
    return SearchEngine(snapshot, EngineOptions(fusion=request.param))


@pytest.mark.parametrize("query", QUERIES)
def test_hits_are_best_first_with_ties_by_passage_id(any_engine: SearchEngine, query: str) -> None:
    hits = any_engine.search(query, k=100, passages_per_document=20).hits
    assert len(hits) > 10
    keys = [(-hit.score, hit.passage_id) for hit in hits]
    assert keys == sorted(keys)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit.passage_id for hit in hits}) == len(hits)


@pytest.mark.parametrize("query", QUERIES)
def test_the_text_of_a_hit_stands_in_its_article(engine: SearchEngine, query: str) -> None:
    for hit in engine.search(query, k=50, passages_per_document=3).hits:
        document = engine.document(hit.document_id)
        assert hit.text == document.text[hit.start : hit.end]
        assert (hit.title, hit.publisher, hit.published, hit.url) == (
            document.title,
            document.publisher,
            document.published,
            document.url,
        )
        assert hit.passage_id.rpartition("#")[0] == hit.document_id


def test_equal_passages_come_in_the_order_of_their_ids(
    write_jsonl: Callable[..., Path],
    build_corpus: Callable[..., object],
    tmp_path: Path,
    analyzer: Analyzer,
) -> None:
    text = "은빛마을 축제에 관광객 삼천 명이 다녀갔다."
    names = ["다-3", "가-1", "나-2", "a-4"]
    build_corpus(write_jsonl(*({"id": n, "title": "축제", "text": text} for n in names)))
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    for fusion in Fusion:
        found = SearchEngine(opened, EngineOptions(fusion=fusion)).search("은빛마을 축제")
        assert ids(found) == sorted(names)
    opened.close()


@pytest.mark.parametrize("k", [1, 5, 20])
def test_k_hits_are_k_articles_by_default(engine: SearchEngine, k: int) -> None:
    found = ids(engine.search(QUERIES[0], k=k))
    assert len(found) == len(set(found)) == k


@pytest.mark.parametrize("most", [1, 2, 3])
def test_an_article_gives_at_most_so_many_passages(engine: SearchEngine, most: int) -> None:
    counts = Counter(ids(engine.search(QUERIES[0], k=60, passages_per_document=most)))
    assert max(counts.values()) == most


def test_more_passages_counts_what_an_article_did_not_show(engine: SearchEngine) -> None:
    shown = engine.search(QUERIES[0], k=100).hits
    everything = engine.search(
        QUERIES[0], k=100, passages_per_document=MAX_PASSAGES_PER_DOCUMENT
    ).hits
    passages = Counter(hit.document_id for hit in everything)
    # The last articles of the long list may be cut by k, so only the first are compared.
    for hit in shown[:20]:
        assert hit.more_passages == passages[hit.document_id] - 1
    assert shown[0].more_passages == 2
    assert everything[0].more_passages == 0


def test_a_small_depth_grows_with_k(snapshot: Snapshot) -> None:
    shallow = SearchEngine(snapshot, EngineOptions(depth=1))
    assert len(shallow.search(QUERIES[0], k=20).hits) == 20


def test_one_search_is_the_same_twice(any_engine: SearchEngine) -> None:
    first, second = (any_engine.search(QUERIES[0], k=50, explain=True) for _ in range(2))
    assert (first.hits, first.explain) == (second.hits, second.explain)


def test_the_stages_are_timed(engine: SearchEngine) -> None:
    timings = engine.search("KT").timings_ms
    assert list(timings) == ["analyze", "lexical", "dense", "fuse", "fetch", "total"]
    assert all(ms >= 0 for ms in timings.values())


@pytest.mark.parametrize("query", QUERIES)
def test_the_parts_of_an_explained_score_are_the_score(
    any_engine: SearchEngine, query: str
) -> None:
    result = any_engine.search(query, explain=True)
    assert result.explain is not None
    assert {term["term"] for term in result.explain["terms"]}
    for hit in result.hits:
        assert sum(hit.explain.values()) == pytest.approx(hit.score)


def test_an_explanation_says_how_the_question_was_understood(engine: SearchEngine) -> None:
    explain = engine.search("Why was KT excluded from the election?", explain=True).explain
    assert explain is not None
    assert (explain["language"], explain["asked"]) == ("en", "why")
    assert explain["fusion"]["kind"] == "en"
    terms = {(term["term"], term["origin"]): term["from"] for term in explain["terms"]}
    assert terms["kt", "query"] == "KT"
    assert terms["선거/N", "translation"] == "election"
    assert not {"why", "was", "the"} & {term["term"] for term in explain["terms"]}
    assert all(term["weight"] >= 0 for term in explain["terms"])


@pytest.mark.parametrize(
    "query", ["한울텔레콤의 통신 장애는 왜 일어났나?", "Why was KT excluded from the AI project?"]
)
def test_the_best_passages_get_a_share_for_their_closest_sentence(
    snapshot: Snapshot, planner: Planner, query: str
) -> None:
    depth = 7
    engine = SearchEngine(snapshot, EngineOptions(sentence_depth=depth))
    result = engine.search(query, k=100, passages_per_document=20, explain=True)
    assert result.explain is not None
    weight = result.explain["fusion"]["weights"]["sentence"]
    names = snapshot.store.document_ids()
    rows = {
        f"{names[document]}#{n}": row
        for row, document in enumerate(snapshot.columns.document_of.tolist())
        for n in [row - int(np.argmax(snapshot.columns.document_of == document))]
    }
    with_share = [hit for hit in result.hits if hit.explain["sentence"]]
    assert 0 < len(with_share) <= depth
    said = ClosestSentence(snapshot).scores(
        planner.plan(query), [rows[hit.passage_id] for hit in with_share]
    )
    shares = [hit.explain["sentence"] for hit in with_share]
    np.testing.assert_allclose(shares, weight * said, atol=1e-6)
    without = sorted(result.hits, key=lambda hit: hit.explain["sentence"] - hit.score)
    assert {hit.passage_id for hit in with_share} <= {hit.passage_id for hit in without[:depth]}


def test_ranks_alone_leave_no_share_for_a_sentence(snapshot: Snapshot) -> None:
    engine = SearchEngine(snapshot, EngineOptions(fusion=Fusion.RRF))
    for hit in engine.search(QUERIES[0], explain=True).hits:
        assert set(hit.explain) == {"lexical", "dense"}


def test_nothing_is_explained_unasked(engine: SearchEngine) -> None:
    result = engine.search("KT")
    assert result.explain is None
    assert all(hit.explain == {} for hit in result.hits)


# Filters


def test_both_days_of_a_date_filter_are_inside_it(engine: SearchEngine) -> None:
    found = ids(engine.search("통신", k=100, filters=Filters("2025-09-11", "2025-09-13")))
    assert sorted(found) == ["hbm-01", "outage-01", "outage-02", "outage-03"]


def test_days_are_days_in_seoul(engine: SearchEngine) -> None:
    # election-02 was published on 2 October, 01:10 in Seoul, which is 1 October in UTC.
    second = engine.search("새빛시장", k=100, filters=Filters("2025-10-02", "2025-10-02"))
    first = engine.search("새빛시장", k=100, filters=Filters("2025-10-01", "2025-10-01"))
    assert "election-02" in ids(second)
    assert ids(first) == []


@pytest.mark.parametrize(
    "filters", [Filters(from_date="1900-01-01"), Filters(to_date="2100-01-01")]
)
def test_undated_articles_fall_out_of_a_date_filter(engine: SearchEngine, filters: Filters) -> None:
    query = "초미세먼지 경유차"
    assert ids(engine.search(query, k=1)) == ["dust-01"]
    found = ids(engine.search(query, k=100, filters=filters))
    assert found
    assert not {"dust-01", "cubesat-01"} & set(found)


def test_publishers_are_alternatives(engine: SearchEngine) -> None:
    wanted = ("한빛경제", "가람신문")
    hits = engine.search("통신 장애", k=100, filters=Filters(publishers=wanted)).hits
    assert {hit.publisher for hit in hits} == set(wanted)


def test_sections_are_alternatives_regardless_of_case(engine: SearchEngine) -> None:
    found = ids(engine.search("모델", k=100, filters=Filters(sections=("ai", "날씨"))))
    sections = {engine.document(name).section for name in found}
    assert sections == {"AI", "날씨"}


def test_filters_of_different_kinds_hold_together(engine: SearchEngine) -> None:
    filters = Filters("2025-08-01", "2025-08-31", ("한빛경제",), ("AI",))
    assert ids(engine.search("KT", k=100, filters=filters)) == ["ai-foundation-04"]


def test_filters_are_decided_before_the_legs_are_cut(snapshot: Snapshot) -> None:
    """With a depth of ten, weather would never be among the candidates for KT."""
    shallow = SearchEngine(snapshot, EngineOptions(depth=1))
    [hit] = shallow.search(QUERIES[0], k=1, filters=Filters(sections=("날씨",))).hits
    assert shallow.document(hit.document_id).section == "날씨"
    legs = [leg.rank for leg in (hit.lexical, hit.dense) if leg is not None]
    assert legs
    assert max(legs) <= 10


@pytest.mark.parametrize("query", QUERIES)
def test_a_filtered_leg_keeps_the_order_of_the_whole_one(snapshot: Snapshot, query: str) -> None:
    engine = SearchEngine(snapshot)
    everything = engine.search(query, k=100, passages_per_document=20)
    some = engine.search(
        query, k=100, passages_per_document=20, filters=Filters(sections=("AI", "통신"))
    )
    for leg in ("lexical", "dense"):
        whole = {hit.passage_id: getattr(hit, leg) for hit in everything.hits}
        part = [hit for hit in some.hits if getattr(hit, leg) is not None]
        part = [hit for hit in part if whole.get(hit.passage_id) is not None]
        ranked = sorted(part, key=lambda hit, leg=leg: getattr(hit, leg).rank)  # type: ignore[misc]
        assert len(ranked) > 3
        assert ranked == sorted(part, key=lambda hit, whole=whole: whole[hit.passage_id].rank)  # type: ignore[misc]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(publishers=("없는신문",)),
        Filters(sections=("없는면",)),
        Filters("1999-01-01", "1999-12-31"),
        Filters(publishers=("다온스포츠",), sections=("정치",)),
    ],
)
def test_filters_that_leave_nothing_find_nothing(
    any_engine: SearchEngine, filters: Filters
) -> None:
    assert any_engine.search("KT", filters=filters).hits == []


def test_empty_filters_are_no_filters(engine: SearchEngine) -> None:
    assert engine.search("KT", filters=Filters()).hits == engine.search("KT").hits


@pytest.mark.parametrize("day", ["2025-13-01", "2025-02-30", "yesterday", "", "20250101x"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(InputError, match="Bad date filter"):
        Filters(from_date=day)


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InputError, match="2025-02-01 is after --to 2025-01-01"):
        Filters("2025-02-01", "2025-01-01")


def test_too_many_names_are_refused() -> None:
    names = tuple(str(n) for n in range(MAX_FILTER_VALUES + 1))
    assert Filters(publishers=names[1:]).publishers == names[1:]
    with pytest.raises(InputError, match="51 names in one filter"):
        Filters(publishers=names)
    with pytest.raises(InputError, match="51 names in one filter"):
        Filters(sections=names)


# Queries


@pytest.mark.parametrize("query", ["😀🎉", "?!…·", "\x00\x01", "\u200b😀"])
def test_a_query_of_which_nothing_is_known_finds_nothing(
    any_engine: SearchEngine, query: str
) -> None:
    assert any_engine.search(query, explain=True).hits == []


@pytest.mark.parametrize("query", ["zxqvkjw", "뷁쉛퉤"])
def test_a_word_that_no_article_holds_is_found_by_the_dense_leg_alone(
    any_engine: SearchEngine, query: str
) -> None:
    """The encoder takes it for its letters, and no cosine is too low to be the nearest."""
    hits = any_engine.search(query, explain=True).hits
    assert hits
    for hit in hits:
        assert hit.lexical is None
        assert hit.dense is not None
        assert {leg for leg, share in hit.explain.items() if share} <= {"dense"}


@pytest.mark.parametrize(
    "query",
    [
        "北 地圖",
        "日本語の質問",
        "Привет мир",
        "مرحبا",
        "ＫＴ",
        "K\u200bT",
        "KT\n탈락\t이유",
        "ㅋㅋㅋ",
        "은 는 이 가",
        "에서 으로",
        "각",
    ],
)
def test_other_scripts_and_forms_are_searched_without_an_error(
    any_engine: SearchEngine, query: str
) -> None:
    for hit in any_engine.search(query).hits:
        assert hit.score > 0


def test_an_emoji_beside_words_changes_nothing(engine: SearchEngine) -> None:
    assert ids(engine.search("KT 탈락 😀", k=3)) == ids(engine.search("KT 탈락", k=3))


@pytest.mark.parametrize("query", ["", "   ", "\n\t", "\u3000"])
def test_an_empty_query_is_refused(engine: SearchEngine, query: str) -> None:
    with pytest.raises(InputError, match="The query is empty"):
        engine.search(query)


def test_512_characters_are_a_query_and_513_are_not(engine: SearchEngine) -> None:
    longest = ("KT 탈락 " * 200)[:512].strip().ljust(512, "왜")
    assert ids(engine.search(longest, k=3))
    assert ids(engine.search(f"  {longest}  ", k=3))
    with pytest.raises(InputError, match=r"The query has 513 characters\. Give 512 or less"):
        engine.search(longest + "왜")


def test_a_query_with_half_a_character_is_refused(engine: SearchEngine) -> None:
    with pytest.raises(InputError, match="not valid Unicode"):
        engine.search("KT \udcff")


@pytest.mark.parametrize("k", [0, -1, 101])
def test_k_out_of_range_is_refused(engine: SearchEngine, k: int) -> None:
    with pytest.raises(InputError, match=f"k is {k}. Give 1 to 100"):
        engine.search("KT", k=k)


@pytest.mark.parametrize("most", [0, 21])
def test_passages_per_document_out_of_range_is_refused(engine: SearchEngine, most: int) -> None:
    with pytest.raises(InputError, match=f"passages_per_document is {most}. Give 1 to 20"):
        engine.search("KT", passages_per_document=most)


# What is found


@pytest.mark.parametrize(
    ("query", "flash"),
    [
        ("전국 통신장애 휴대전화 인터넷 접속 끊겨", "outage-01"),
        ("은하컵 첫 우승 속보", "football-01"),
    ],
)
def test_a_news_flash_is_found_by_its_title(engine: SearchEngine, query: str, flash: str) -> None:
    hit = engine.search(query, k=1).hits[0]
    assert hit.document_id == flash
    assert (hit.start, hit.end, hit.text, hit.highlights) == (0, 0, "", [])


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("KT는 왜 정부 AI 사업에서 탈락했나?", "ai-foundation-04"),
        ("KT와 카카오가 빠진 이유", "ai-foundation-04"),
        ("KT and NC AI, LG AI: who was selected?", "ai-foundation-03"),
        ("KT MS 협력 금액", "kt-ms-01"),
        ("통신 장애는 사람의 실수 때문이었나", "outage-03"),
        ("통신 장애 보상안 소상공인 요금 감면", "outage-04"),
        ("벼리반도체는 왜 떨어졌나", "npu-03"),
        ("볕내소프트가 협의회에 들어가지 않은 이유", "council-02"),
        ("HBM4", "hbm-01"),
    ],
)
def test_the_article_that_answers_comes_first(
    engine: SearchEngine, query: str, document: str
) -> None:
    assert ids(engine.search(query, k=1)) == [document]


def test_an_english_question_about_kt_finds_the_two_articles_on_kt(engine: SearchEngine) -> None:
    assert set(ids(engine.search("why was KT excluded?", k=2))) == {"kt-ms-01", "ai-foundation-04"}


def test_an_unknown_article_is_told_by_its_id(engine: SearchEngine) -> None:
    with pytest.raises(DocumentNotFound, match="No article with id 'no-such'"):
        engine.document("no-such")


def test_ranking_documents_by_hybrid_is_what_search_does(any_engine: SearchEngine) -> None:
    names = any_engine.snapshot.store.document_ids()
    for query in QUERIES:
        ranked = any_engine.rank_documents(query, 50)
        assert set(ranked) == {"lexical", "dense", "hybrid"}
        found = any_engine.search(query, k=50)
        assert [names[row] for row in ranked["hybrid"]] == ids(found)
        assert all(len(rows) == len(set(rows)) <= 50 for rows in ranked.values())


def test_k_articles_are_found_even_where_one_article_fills_the_first_candidates(
    tmp_path: Path, write_jsonl: Callable[..., Path], analyzer: Analyzer
) -> None:
    long = " ".join(f"참새마을 소식 {n}번째 문장이 이어진다." for n in range(600))
    corpus = write_jsonl(
        {"id": "long", "title": "참새마을 참새마을 참새마을", "text": long},
        *({"id": f"short-{n}", "title": "다른 일", "text": f"참새마을 {n}."} for n in range(5)),
    )
    build_index([corpus], tmp_path / "index", analyzer=analyzer)
    opened = open_snapshot(tmp_path / "index", analyzer=analyzer)
    shallow = SearchEngine(opened, EngineOptions(depth=1))
    n_long = sum(span == 0 for span in opened.columns.document_of.tolist())
    assert n_long > 2 * 10
    found = shallow.search("참새마을 소식", k=2)
    assert len({hit.document_id for hit in found.hits}) == 2
    opened.close()
