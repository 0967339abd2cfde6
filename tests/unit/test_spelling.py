"""Spellings become vectors: the unit sum of the n-grams of letters or of jamo."""

import numpy as np
import pytest

from index.character_grams import Grams, code_grams
from index.spelling import (
    JAMO_SIZES,
    LETTER_SIZES,
    MAX_LETTERS,
    SpellingEncoder,
    jamo_grams,
    latin_letters,
    letter_grams,
)

DIM, N_BUCKETS = 16, 512
LATIN = ["Haspel", "a", "Moon Jae-in", "O'Neill", "x" * 40, "Beyoncé"]
HANGUL = ["해스펠", "가", "값", "문재인", "오닐", "가나다라마바사아자차"]


@pytest.fixture(scope="module")
def tables() -> tuple[np.ndarray, ...]:
    """Random tables: letters, their scales, jamo, their scales."""
    random = np.random.default_rng(0)
    bytes_of = [random.integers(-127, 128, (N_BUCKETS, DIM)).astype(np.int8) for _ in range(2)]
    scales = [random.uniform(0.01, 0.1, N_BUCKETS).astype(np.float16) for _ in range(2)]
    return bytes_of[0], scales[0], bytes_of[1], scales[1]


@pytest.fixture(scope="module")
def encoder(tables: tuple[np.ndarray, ...]) -> SpellingEncoder:
    """An encoder over them."""
    return SpellingEncoder(*tables)


def rows_of(grams: Grams, word: int) -> list[int]:
    return sorted(grams.rows[grams.starts[word] : grams.starts[word + 1]].tolist())


def hashed(codes: list[int], sizes: tuple[int, ...]) -> list[int]:
    """Rows of the n-grams of one word, given by its codes and borders."""
    return rows_of(code_grams(np.array([codes], np.uint64), sizes, N_BUCKETS), 0)


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("Haspel", "haspel"),
        ("Moon Jae-in", "moonjaein"),
        ("Beyoncé", "beyonce"),
        ("ＫＴ", "kt"),
        ("Weiß", "weiss"),
        ("B2B", "bb"),
        ("해스펠 1350", ""),
        ("ab" * 40, "ab" * (MAX_LETTERS // 2)),
    ],
)
def test_letters_are_a_to_z_in_lower_case(word: str, letters: str) -> None:
    assert latin_letters(word) == letters


def test_vectors_are_unit_rows_of_float32(encoder: SpellingEncoder) -> None:
    for vectors in (encoder.encode_latin(LATIN), encoder.encode_hangul(HANGUL)):
        assert vectors.shape == (len(LATIN), DIM) == (len(HANGUL), encoder.dim)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_no_words_give_no_rows(encoder: SpellingEncoder) -> None:
    assert encoder.encode_latin([]).shape == (0, DIM)
    assert encoder.encode_hangul([]).shape == (0, DIM)


def test_case_accents_and_marks_do_not_count(encoder: SpellingEncoder) -> None:
    plain, odd = encoder.encode_latin(["beyonce", "Be-YONCÉ 7"])
    np.testing.assert_array_equal(plain, odd)


@pytest.mark.parametrize("word", ["", "1350", "해스펠", "-"])
def test_a_word_without_letters_gets_zeros(encoder: SpellingEncoder, word: str) -> None:
    for words in ([word], ["haspel", word], [word, "haspel"], [word] * 70):
        vectors = encoder.encode_latin(words)
        assert not vectors[words.index(word)].any()


def test_a_word_without_letters_changes_no_other(encoder: SpellingEncoder) -> None:
    [alone] = encoder.encode_latin(["haspel"])
    for words in (["haspel", ""], ["", "haspel"], ["1", "haspel", "2"], ["haspel", *[""] * 70]):
        among = encoder.encode_latin(words)[words.index("haspel")]
        np.testing.assert_allclose(among, alone, atol=1e-6)


@pytest.mark.parametrize("n_words", [1, 2, 62, 63, 64, 65, 130])
def test_words_together_get_the_vectors_they_get_alone(
    encoder: SpellingEncoder, n_words: int
) -> None:
    """The sum is done in another way from 63 words on."""
    latin = [f"{word}{'abcdefgh'[i % 8]}{'xyz' * (i % 3)}" for i, word in enumerate(LATIN * 22)]
    hangul = [f"{word[:8]}{'가각나'[i % 3]}" for i, word in enumerate(HANGUL * 22)]
    for encode, words in ((encoder.encode_latin, latin), (encoder.encode_hangul, hangul)):
        together = encode(words[:n_words])
        alone = np.concatenate([encode([word]) for word in words[:n_words]])
        np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_word_is_the_unit_sum_of_its_n_grams(
    encoder: SpellingEncoder, tables: tuple[np.ndarray, ...]
) -> None:
    letters, letter_scales, jamo, jamo_scales = (table.astype(np.float64) for table in tables)
    for rows, table, scales, vector in (
        (
            letter_grams(["kt"], N_BUCKETS).rows,
            letters,
            letter_scales,
            encoder.encode_latin(["kt"]),
        ),
        (jamo_grams(["값"], N_BUCKETS).rows, jamo, jamo_scales, encoder.encode_hangul(["값"])),
    ):
        total = (table[rows] * scales[rows, None]).sum(axis=0)
        np.testing.assert_allclose(vector[0], total / np.linalg.norm(total), atol=1e-6)


def test_n_grams_of_letters_are_runs_between_two_borders() -> None:
    """0 is padding, 1 and 2 are borders, a is 3."""
    grams = letter_grams(["ab", "z"], N_BUCKETS)
    assert rows_of(grams, 0) == hashed([1, 3, 4, 2], LETTER_SIZES)
    assert rows_of(grams, 1) == hashed([1, 28, 2], LETTER_SIZES)
    assert np.diff(grams.starts).tolist() == [4 + 3 + 2 + 1, 3 + 2 + 1]


def test_a_syllable_without_a_coda_leaves_no_gap() -> None:
    """Onsets are 3 to 21, vowels 22 to 42, codas 44 to 70; ㄴ is 5 before a vowel, 47 behind it."""
    grams = jamo_grams(["가나", "간", "가", "각하"], N_BUCKETS)
    assert rows_of(grams, 0) == hashed([1, 3, 22, 5, 22, 2], JAMO_SIZES)
    assert rows_of(grams, 1) == hashed([1, 3, 22, 47, 2], JAMO_SIZES)
    assert rows_of(grams, 2) == hashed([1, 3, 22, 2], JAMO_SIZES)
    assert rows_of(grams, 3) == hashed([1, 3, 22, 44, 21, 22, 2], JAMO_SIZES)


def test_the_last_syllable_has_the_last_codes() -> None:
    assert rows_of(jamo_grams(["힣"], N_BUCKETS), 0) == hashed([1, 21, 42, 70, 2], JAMO_SIZES)


def test_a_vector_depends_on_the_order_of_letters(encoder: SpellingEncoder) -> None:
    first, second = encoder.encode_latin(["trump", "pmurt"])
    assert first @ second < 0.9
    first, second = encoder.encode_hangul(["가나", "나가"])
    assert first @ second < 0.9
