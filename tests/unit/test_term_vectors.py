"""Terms become vectors: rows of the table, sums of n-grams, or nothing."""

import numpy as np
import pytest

from index.key_table import KeyTable, pack_strings, sorted_keys
from index.term_vectors import TermVectors, key_of, stem, unseen_grams

DIM, N_BUCKETS = 8, 32
KEYS = sorted_keys(["elect/E", "vote/E", "선거/N", "치르/V", "東/H"])
KNOWN = ["election", "선거/N", "votes", "치르/V", "東/H"]
UNKNOWN = ["haspel", "해스펠/N", "x", "東京", "갸/N"]
WITHOUT = ["1350", "5g", "선거", "2018", "1.5"]


@pytest.fixture(scope="module")
def vectors() -> TermVectors:
    """A random table of five keys and 32 n-grams."""
    random = np.random.default_rng(0)
    table = random.integers(-127, 128, (len(KEYS) + N_BUCKETS, DIM)).astype(np.int8)
    scales = random.uniform(0.01, 0.1, len(table)).astype(np.float16)
    return TermVectors(KeyTable(*pack_strings(KEYS)), table, scales)


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("탈락/N", "탈락/N"),
        ("짓/V", "짓/V"),
        ("elections", "elect/E"),
        ("kt", "kt/E"),
        ("kt5", "kt5/E"),
        ("東京", "東京/N"),
        ("카카", None),
        ("1350", "1350/D"),
        ("5g", "5g/D"),
    ],
)
def test_a_term_has_a_key_or_none(term: str, key: str | None) -> None:
    assert key_of(term) == key


def test_forms_of_an_english_word_have_one_stem() -> None:
    assert {stem(word) for word in ("Election", "elections", "elected", "ELECT")} == {"elect"}
    assert stem("U.S.") == "us"
    assert stem("선거") == ""


def test_a_known_term_has_its_row_times_its_scale(vectors: TermVectors) -> None:
    rows = [KEYS.index(key) for key in ("elect/E", "선거/N", "vote/E", "치르/V", "東/H")]
    np.testing.assert_array_equal(vectors.of_terms(KNOWN), vectors.of_rows(np.array(rows)))
    expected = vectors._vectors[rows[0]].astype(np.float32) * np.float32(vectors._scales[rows[0]])
    np.testing.assert_allclose(vectors.of_terms(["elections"])[0], expected, rtol=1e-6)


def test_an_unknown_term_has_the_sum_of_its_n_grams_over_the_root_of_their_number(
    vectors: TermVectors,
) -> None:
    for term in UNKNOWN:
        grams, starts = unseen_grams([term], N_BUCKETS)
        assert starts.tolist() == [0, len(grams)]
        rows = vectors.of_rows(grams + len(KEYS)).astype(np.float64)
        expected = rows.sum(axis=0) / len(grams) ** 0.5
        np.testing.assert_allclose(vectors.of_terms([term])[0], expected, rtol=1e-5, atol=1e-6)


def test_n_grams_are_of_the_form_without_its_tag() -> None:
    np.testing.assert_array_equal(
        unseen_grams(["해스펠/N"], N_BUCKETS)[0], unseen_grams(["해스펠/V"], N_BUCKETS)[0]
    )
    assert len(unseen_grams(["해스펠/N"], N_BUCKETS)[0]) == 4 + 3 + 2
    assert len(unseen_grams(["x"], N_BUCKETS)[0]) == 2 + 1


def test_numbers_and_bigrams_have_zeros(vectors: TermVectors) -> None:
    assert not vectors.of_terms(WITHOUT).any()
    assert all(vectors.rows_of(term) == ([], 0.0) for term in WITHOUT)


def test_terms_together_get_the_vectors_they_get_alone(vectors: TermVectors) -> None:
    terms = [*WITHOUT[:2], *UNKNOWN, *KNOWN, *WITHOUT[2:], *UNKNOWN[::-1], "haspel"]
    together = vectors.of_terms(terms)
    assert together.shape == (len(terms), DIM)
    assert together.dtype == np.float32
    alone = np.concatenate([vectors.of_terms([term]) for term in terms])
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-6)


def test_rows_and_weight_of_a_term_give_its_vector(vectors: TermVectors) -> None:
    for term in [*KNOWN, *UNKNOWN, *WITHOUT]:
        rows, weight = vectors.rows_of(term)
        total = vectors.of_rows(np.array(rows, np.int64)).sum(axis=0) * weight
        np.testing.assert_allclose(vectors.of_terms([term])[0], total, rtol=1e-5, atol=1e-6)


def test_no_terms_give_no_rows(vectors: TermVectors) -> None:
    assert vectors.of_terms([]).shape == (0, DIM)
    assert (vectors.dim, vectors.n_buckets, vectors.n_rows) == (DIM, 32, len(KEYS) + 32)
