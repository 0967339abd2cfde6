"""What the model is trained with: alignments, the vocabulary, its tables and the loss."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.key_table import sorted_keys
from index.training.alignment import align_words
from index.training.examples import Pair
from index.training.tables import RelatedTable, phrase_lines, related_table
from index.training.vocabulary import MAX_IDF, MIN_IDF, UNSEEN_IDF, Texts, Vocabulary

TORCH = [
    pytest.mark.slow,  # torch alone takes seconds to import
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def needs_torch(test: Callable[..., None]) -> Callable[..., None]:
    for mark in TORCH:
        test = mark(test)
    return test


# Alignment.

ENGLISH = ["minister", "resign", "summit", "minister's"]
KOREAN = ["장관/N", "사퇴/N", "회담/N"]
ROWS = {word: row for row, word in enumerate([*ENGLISH, *KOREAN])}


def aligned(*sentences: tuple[str, str], weights: Sequence[float] | None = None) -> Any:
    rows = [
        ([ROWS[word] for word in english.split()], [ROWS[word] for word in korean.split()])
        for english, korean in sentences
    ]
    found = align_words(rows, weights or [1.0] * len(rows), len(ROWS))
    words = [*ENGLISH, *KOREAN]
    return {
        (words[e], words[k]): strength
        for e, k, strength in zip(
            found.english.tolist(), found.korean.tolist(), found.strength.tolist(), strict=True
        )
    }


def test_words_that_stand_together_more_often_are_aligned() -> None:
    strengths = aligned(
        ("minister resign", "장관/N 사퇴/N"),
        ("minister summit", "장관/N 회담/N"),
        ("resign", "사퇴/N"),
    )
    assert strengths["minister", "장관/N"] > 0.9
    assert strengths["resign", "사퇴/N"] > 0.9
    assert strengths["summit", "회담/N"] > 0.8
    assert strengths["minister", "사퇴/N"] < 0.2
    assert strengths["summit", "장관/N"] < 0.2


def test_only_words_of_one_sentence_are_paired_and_each_pair_once() -> None:
    strengths = aligned(("minister", "장관/N"), ("summit", "회담/N"), ("minister", "장관/N"))
    assert strengths.keys() == {("minister", "장관/N"), ("summit", "회담/N")}
    assert all(strength == pytest.approx(1) for strength in strengths.values())


def test_a_word_that_nothing_tells_apart_is_shared_evenly() -> None:
    strengths = aligned(("minister resign", "장관/N 사퇴/N"))
    assert list(strengths.values()) == pytest.approx([0.5] * 4)


def test_a_sentence_that_weighs_more_decides() -> None:
    sentences = [("minister", "장관/N"), ("minister", "사퇴/N")]
    strengths = aligned(*sentences, weights=[3.0, 1.0])
    assert strengths["minister", "장관/N"] == pytest.approx(0.75**0.5)
    assert strengths["minister", "사퇴/N"] == pytest.approx(0.25**0.5)


# Vocabulary and tables.


class KnownTexts(Texts):
    """Texts whose keys are the words they are written with, so that Kiwi is not asked."""

    def __init__(self) -> None:
        pass

    def keys(self, text: str) -> list[str]:
        return text.split() if "/" in text else []


N_BUCKETS, DIM = 4, 16
KIWI = {f"{form}/N": row for row, form in enumerate("장관 사퇴 회담 사임 국회 선거".split())}
FILLERS = {f"낱말{i}/N": len(KIWI) + i for i in range(20)}


def known_examples(**kinds: list[Pair]) -> Mapping[str, Sequence[Pair]]:
    """200 texts in which no key is common, and what is said besides."""
    names = (
        "parallel captions dictionary glossary transliteration paraphrase asked synonym lead"
        " question association"
    ).split()
    lead = [Pair(f"제목 {i}", f"본문 {i}") for i in range(100)]
    return {**{name: [] for name in names}, "lead": lead, **kinds}


def known_vocabulary(given: Mapping[str, Sequence[Pair]]) -> Vocabulary:
    vectors = np.random.default_rng(0).standard_normal((len(KIWI | FILLERS), DIM))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Vocabulary(
        KIWI | FILLERS,
        vectors.astype(np.float32),
        KnownTexts(),
        given,
        n_buckets=N_BUCKETS,
        seed=0,
    )


PARALLEL = [
    Pair("minist/E resign/E", "장관/N 사퇴/N"),
    Pair("minist/E summit/E", "장관/N 회담/N"),
    Pair("resign/E", "사퇴/N"),
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """Three aligned words of English, six of Korean and fillers."""
    return known_vocabulary(known_examples(parallel=PARALLEL))


def test_keys_are_those_of_kiwi_and_the_english_words_in_the_order_of_a_table(
    vocabulary: Vocabulary,
) -> None:
    english = {"minist/E", "resign/E", "summit/E"}
    assert vocabulary.keys == sorted_keys(english | KIWI.keys() | FILLERS.keys())
    assert vocabulary.n_rows == len(vocabulary.keys) + N_BUCKETS
    assert [vocabulary.rows[key] for key in vocabulary.keys] == list(range(len(vocabulary.keys)))


def test_names_in_latin_letters_are_no_words_of_english() -> None:
    given = known_examples(transliteration=[Pair("haspel/E", "해스펠/N")])
    assert "haspel/E" not in known_vocabulary(given).rows


def test_the_share_of_a_key_is_that_of_the_texts_that_hold_it(vocabulary: Vocabulary) -> None:
    n_texts = 200 + 6
    for key, n in (("장관/N", 2), ("resign/E", 2), ("회담/N", 1), ("선거/N", 0)):
        share = vocabulary.shares[vocabulary.rows[key]]
        assert share == pytest.approx((n + 1) / (n_texts + 1))


def test_training_starts_from_kiwis_vectors_and_aligned_words_beside_them(
    vocabulary: Vocabulary,
) -> None:
    first = vocabulary.first_vectors()
    assert first.shape == (vocabulary.n_rows, DIM)
    assert first.dtype == np.float32
    lengths = np.linalg.norm(first, axis=1)
    unit = first / lengths[:, None]
    for english, korean in (("minist", "장관"), ("resign", "사퇴"), ("summit", "회담")):
        near = unit[vocabulary.rows[f"{english}/E"]] @ unit[vocabulary.rows[f"{korean}/N"]]
        assert near > 0.95
    for key, row in KIWI.items():
        np.testing.assert_allclose(
            unit[vocabulary.rows[key]], vocabulary._kiwi_vectors[row], atol=1e-6
        )
    idf = np.clip(-np.log(vocabulary.shares), MIN_IDF, MAX_IDF)
    np.testing.assert_allclose(lengths[: len(idf)], idf / 4, rtol=1e-5)
    np.testing.assert_allclose(lengths[len(idf) :], UNSEEN_IDF / 4, rtol=1e-5)


def test_the_same_seed_starts_from_the_same_vectors(vocabulary: Vocabulary) -> None:
    again = known_vocabulary(known_examples(parallel=PARALLEL))
    np.testing.assert_array_equal(vocabulary.first_vectors(), again.first_vectors())


def related_of(table: RelatedTable, vocabulary: Vocabulary, key: str) -> dict[str, float]:
    start, end = table.starts[vocabulary.rows[key] : vocabulary.rows[key] + 2].tolist()
    rows, weights = table.rows[start:end].tolist(), table.weights[start:end].tolist()
    return {vocabulary.keys[r]: w / 255 for r, w in zip(rows, weights, strict=True)}


def test_aligned_words_listed_synonyms_and_associations_are_related(vocabulary: Vocabulary) -> None:
    listed = [
        Pair("사퇴/N", "사임/N"),
        Pair("국회/N", "선거/N 회담/N"),  # not one term
        Pair("장관/N", "모르는말/N"),  # not a key
    ]
    associated = [Pair("의원/N", "국회/N"), Pair("선거/N", "국회/N")]  # the first is not a key
    table = related_table(
        vocabulary,
        vocabulary.first_vectors(),
        known_examples(
            synonym=listed, association=associated, glossary=[Pair("summit/E", "국회/N")]
        ),
    )
    assert related_of(table, vocabulary, "summit/E")["국회/N"] == pytest.approx(0.85, abs=0.01)
    resign = related_of(table, vocabulary, "resign/E")
    assert next(iter(resign)) == "사퇴/N"
    assert resign["사퇴/N"] > 0.95
    assert related_of(table, vocabulary, "사퇴/N")["사임/N"] == pytest.approx(0.8)
    assert related_of(table, vocabulary, "사임/N")["사퇴/N"] == pytest.approx(0.8)
    assert related_of(table, vocabulary, "선거/N")["국회/N"] == pytest.approx(0.65, abs=0.01)
    assert "선거/N" not in related_of(table, vocabulary, "국회/N")  # a way of one direction


def test_related_words_are_korean_not_the_word_itself_and_the_surest_first(
    vocabulary: Vocabulary,
) -> None:
    table = related_table(vocabulary, vocabulary.first_vectors(), known_examples())
    assert [array.dtype for array in table] == [np.uint32, np.uint32, np.uint8]
    assert len(table.starts) == len(vocabulary.keys) + 1
    for key in vocabulary.keys:
        found = related_of(table, vocabulary, key)
        assert key not in found
        assert not any(other.endswith("/E") for other in found)
        assert list(found.values()) == sorted(found.values(), reverse=True)


def test_phrases_are_keyed_by_stems_and_hold_lines_of_terms(vocabulary: Vocabulary) -> None:
    given = known_examples(
        glossary=[
            Pair("the National Assembly", "국회/N"),
            Pair("National Assembly", "국회/N 의사당/N"),
            Pair("resignation", "사퇴/N"),  # one word for one: the other table has it
            Pair("by-election", "보궐/N 선거/N"),
            Pair("snap", "조기/N 선거/N"),
            Pair("one two three four five six", "너무/N"),
            Pair("five terms", "가/N 나/N 다/N 라/N 마/N"),
        ],
        dictionary=[Pair("national assembly", "국회/N"), Pair("national assemblies", "의회/N")],
    )
    assert phrase_lines(vocabulary, given) == {
        "nation assembl": ["1.00|국회/N", "1.00|국회/N|의사당/N", "0.80|의회/N"],
        "by elect": ["1.00|보궐/N|선거/N"],
        "snap": ["0.70|조기/N|선거/N"],
    }


# The loss.


def loss(left: Any, right: Any, same: Any = None) -> float:
    import torch

    from index.training.contrast import contrast

    apart = torch.zeros(2, 2, dtype=torch.bool)
    marked = apart if same is None else torch.tensor(same)
    return float(contrast(torch.tensor(left), torch.tensor(right), marked))


@needs_torch
def test_the_loss_is_the_mean_of_both_directions() -> None:
    """Cosines 0.8 and 0.6 of the first, 0 and 1 of the second, times 20."""
    left, right = [[0.8, 0.6], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]
    scores = 20 * np.array([[0.8, 0.6], [0.0, 1.0]])
    rows = np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)
    columns = np.log(np.exp(scores).sum(axis=0)) - np.diag(scores)
    expected = (rows.mean() + columns.mean()) / 2
    assert loss(left, right) == pytest.approx(expected, rel=1e-4)


@needs_torch
def test_right_pairs_cost_nothing_and_crossed_ones_the_scale() -> None:
    one, two = [1.0, 0.0], [0.0, 1.0]
    assert loss([one, two], [one, two]) == pytest.approx(0, abs=1e-6)
    assert loss([one, two], [two, one]) == pytest.approx(20, rel=1e-4)


@needs_torch
def test_pairs_that_are_the_same_are_no_contrast() -> None:
    one, two = [1.0, 0.0], [0.0, 1.0]
    same = [[False, True], [True, False]]
    assert loss([one, two], [two, one], same) == pytest.approx(0, abs=1e-6)


@needs_torch
def test_pairs_that_share_a_text_are_marked_but_not_with_themselves() -> None:
    from index.training.contrast import _same

    pairs = [Pair("a", "가"), Pair("a", "나"), Pair("b", "나"), Pair("c", "다")]
    assert _same(pairs).tolist() == [
        [False, True, False, False],
        [True, False, True, False],
        [False, True, False, False],
        [False, False, False, False],
    ]


@needs_torch
def test_transliterations_are_taken_as_letters_and_syllables() -> None:
    from index.training.spelling import spelling_pairs

    pairs = [
        Pair("Moon Jae-in", "문 재인"),
        Pair("X", "엑스"),
        Pair("Bonn", "Bonn"),
        Pair("Bach", "바흐 1"),
    ]
    assert spelling_pairs(pairs) == [Pair("moonjaein", "문재인")]


@needs_torch
def test_training_brings_pairs_together_and_the_same_seed_the_same_table() -> None:
    from index.training.contrast import Recipe, train

    given = known_examples(parallel=PARALLEL * 2)
    logged: list[dict[str, Any]] = []

    def run(seed: int) -> npt.NDArray[np.float32]:
        return train(
            known_vocabulary(given),
            given,
            Recipe(steps=20, batch=3, rate=1e-2, dropped=0.2, mix={"parallel": 1}),
            seed=seed,
            evaluate=lambda encode: {"length": float(np.linalg.norm(encode(["장관/N"])))},
            log=logged.append,
        )

    table = run(0)
    np.testing.assert_array_equal(table, run(0))
    assert not np.array_equal(table, run(1))
    assert logged[0]["step"] == 20
    assert logged[0]["length"] == pytest.approx(1, abs=1e-5)
    assert logged[0]["loss_parallel"] > 0
