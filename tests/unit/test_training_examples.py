"""The pairs that are learned from: our own files, and what is taken of the sets."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from index.training import examples
from index.training.examples import (
    Pair,
    _is_aligned,
    associations,
    glossary,
    read_examples,
    synonym_groups,
)


def test_sentences_of_news_are_aligned_by_length_and_numbers() -> None:
    english = "The minister resigned on Monday."  # 32 characters
    assert _is_aligned(english, "장관이 월요일에 물러났다.")
    assert not _is_aligned(english, "장관이.")
    assert not _is_aligned(english, "장관이 월요일에 물러났다고 여러 매체가 일제히 보도했다.")
    assert _is_aligned("12 of 30 died there on May 5.", "5월 5일 12명이 숨졌다.")
    assert not _is_aligned("12 of 30 died there in May.", "5월에 13명이 숨졌다.")
    assert _is_aligned("Twelve of them died there.", "12명이 거기서 숨졌다.")


def own_lines(folder: Path) -> list[tuple[str, int, str]]:
    return [
        (path.name, number, line)
        for path in sorted(folder.glob("*.tsv"))
        for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    ]


GROUPS = "synonyms"
"""Files of the glossary with this name have a group a line, the others two columns."""

OWN_PAIRS = [
    *(line for line in own_lines(examples.GLOSSARY) if not line[0].startswith(GROUPS)),
    *own_lines(examples.SENTENCES),
    *own_lines(examples.PARAPHRASES),
]


def test_our_own_files_have_two_columns_and_nothing_around_them() -> None:
    assert len(OWN_PAIRS) > 10_000
    odd = [
        (name, number)
        for name, number, line in OWN_PAIRS
        if line.count("\t") != 1 or any(c != c.strip() or not c for c in line.split("\t"))
    ]
    assert odd == []


def test_our_own_files_are_nfc_and_hold_no_odd_blanks() -> None:
    groups = [line for line in own_lines(examples.GLOSSARY) if line[0].startswith(GROUPS)]
    odd = [
        (name, number)
        for name, number, line in [*OWN_PAIRS, *groups]
        if re.search(r"[^\S \t]|[\u1100-\u11ff\u200b\ufeff]|  ", line)
    ]
    assert odd == []


def test_no_entry_of_the_glossary_stands_twice_in_a_file_or_lacks_equivalents() -> None:
    entries = [
        (name, line.split("\t"))
        for name, _, line in own_lines(examples.GLOSSARY)
        if not name.startswith(GROUPS)
    ]
    for name, group in itertools.groupby(entries, lambda entry: entry[0]):
        keys = [english for _, (english, _) in group]
        assert len(set(keys)) == len(keys), name
    for name, (english, korean) in entries:
        equivalents = [each.strip() for each in korean.split("|")]
        assert all(equivalents), (name, english)
        assert len(set(equivalents)) == len(equivalents), (name, english)


def test_the_glossary_gives_a_pair_an_equivalent() -> None:
    pairs = glossary()
    assert Pair("economy", "경제") in pairs
    assert Pair("economy", "경기") in pairs
    assert all(pair.left and pair.right and "|" not in pair.right for pair in pairs)


def test_the_glossary_is_from_english_and_associations_are_korean() -> None:
    assert not [pair for pair in glossary() if re.search("[가-힣]", pair.left)]
    assert not [pair for pair in associations() if not re.search("[가-힣]", pair.left)]
    assert not [pair for pair in associations() if pair.left == pair.right]


def test_a_group_of_synonyms_has_two_members_or_more() -> None:
    groups = synonym_groups()
    assert len(groups) > 1000
    assert [group for group in groups if len(set(group)) < 2 or len(set(group)) != len(group)] == []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of training sets with a record or two each."""
    rows: dict[str, list[dict[str, Any]]] = {
        "dictionary/enwiktionary-en-ko/dict.jsonl": [{"en": "tree", "ko": "나무"}],
        "dictionary/nikl-transliteration/nikl.jsonl": [{"en": "Haspel", "ko": "해스펠"}],
        "parallel/tatoeba-laser-ko-en/pairs.jsonl": [{"en": "I am late.", "ko": "나는 늦었다."}],
        "parallel/park-news-ko-en/pairs.jsonl": [
            {"en": "The minister resigned on Monday.", "ko": "장관이 월요일에 물러났다."},
            {"en": "The minister resigned on Monday.", "ko": "장관."},
        ],
        "parallel/jhe-ko-en/pairs.jsonl": [{"en": "A cat.", "ko": "고양이 한 마리가 거기 있다."}],
        "parallel/tatoeba-manythings-ko-en/pairs.jsonl": [
            {"en": "i am late", "ko": "지각이다"},
            {"en": "You are late.", "ko": "나는, 늦었다!"},
            {"en": "We are late.", "ko": "우리는 늦었다."},
        ],
        "parallel/stsb-ko-en/pairs.jsonl": [{"en": "A man sings.", "ko": "남자가 노래한다."}],
        "pairs/parakqc/sentences.jsonl": [
            {"group": 1, "topic": 0, "act": 0, "text": "가 "},
            {"group": 1, "topic": 0, "act": 0, "text": "나"},
            {"group": 1, "topic": 0, "act": 0, "text": "다"},
            {"group": 2, "topic": 0, "act": 0, "text": "라"},
        ],
        "pairs/korsts/train.jsonl": [
            {"s1": "마", "s2": "바", "score": 4.0},
            {"s1": "마", "s2": "사", "score": 3.9},
            {"s1": "마", "s2": "마", "score": 5.0},
        ],
        "pairs/klue-sts-dev/dev.jsonl": [],
        "pairs/xnli-ko/dev.jsonl": [
            {"premise": "아", "hypothesis": "자", "label": "entailment"},
            {"premise": "아", "hypothesis": "차", "label": "neutral"},
        ],
        "pairs/klue-nli-dev/dev.jsonl": [],
        "news-other/one/news.jsonl": [
            {"title": "제목", "body": "본문"},
            {"title": "", "body": "본문"},
            {"title": "제목", "body": ""},
        ],
        "welfare-rag/corpus.jsonl": [{"_id": "d", "text": "글" * 700}],
        "welfare-rag/queries.train.jsonl": [{"_id": "q", "text": "물음"}],
        "welfare-rag/queries.test.jsonl": [],
    }
    for name, records in rows.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in records), "utf-8")
    for split, line in (("train", "q\td\t1\n"), ("test", "")):
        path = tmp_path / f"welfare-rag/qrels.{split}.tsv"
        path.write_text("query-id\tcorpus-id\tscore\n" + line, "utf-8")
    return tmp_path


def test_the_sets_give_pairs_by_kind(data: Path) -> None:
    found = read_examples(data)
    assert found["dictionary"] == [Pair("tree", "나무")]
    assert found["transliteration"] == [Pair("Haspel", "해스펠")]
    assert found["captions"] == [Pair("A man sings.", "남자가 노래한다.")]
    assert found["paraphrase"] == [
        Pair("가", "나"),
        Pair("나", "다"),
        Pair("마", "바"),
        Pair("자", "아"),
    ]
    assert found["lead"] == [Pair("제목", "본문")]
    assert found["question"] == [Pair("물음", "글" * 600)]
    assert all(pair.left and pair.right for pairs in found.values() for pair in pairs)


def test_sentences_of_the_retrieval_test_and_unlike_news_are_dropped(data: Path) -> None:
    """Whichever of the two is tested, and however it is punctuated."""
    assert read_examples(data)["parallel"][-3:] == [
        Pair("The minister resigned on Monday.", "장관이 월요일에 물러났다."),
        Pair("A cat.", "고양이 한 마리가 거기 있다."),
        Pair("We are late.", "우리는 늦었다."),
    ]


def test_our_own_sentences_are_not_tested_with_either(data: Path) -> None:
    name, _, line = own_lines(examples.SENTENCES)[0]
    english, korean = line.split("\t")
    assert Pair(english, korean) in read_examples(data)["parallel"], name
    tested = data / "parallel/tatoeba-laser-ko-en/pairs.jsonl"
    tested.write_text(json.dumps({"en": f"“{english.upper()}”", "ko": "무엇"}) + "\n", "utf-8")
    assert Pair(english, korean) not in read_examples(data)["parallel"]


@pytest.mark.slow  # torch alone takes seconds to import
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_kind_of_the_recipe_is_read(data: Path) -> None:
    from index.training.recipe import RECIPE

    assert RECIPE.mix.keys() <= read_examples(data).keys()
