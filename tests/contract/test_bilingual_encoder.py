"""The bundled model: one set of vectors by three ways, and the file that holds them."""

import hashlib
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.analysis import Analyzer, is_bigram
from index.bilingual_encoder import BilingualEncoder
from index.bilingual_model import ARTIFACT, BilingualModel, open_model
from index.encoder import EncoderInput, Vectors
from index.lexicon import PART_SEPARATOR
from index.mapped_tensors import map_tensors

MAX_FILE_BYTES = 40_000_000
TEXTS = [
    "KT는 왜 탈락했나?",
    "과학기술정보통신부가 20일 독자 AI 파운데이션 모델 공모에 들어갔다. 최대 5개 팀을 뽑는다.",
    "남북 정상회담",
    "문재인 대통령과 트럼프 대통령이 만났다, 그리고 또 만났다",
    "Why was KT excluded from the AI foundation model project?",
    "Haspel was confirmed as CIA director",
    "elections",
    "LG전자 smartphone 출하량 1,350만 대 5G",
    "Zxqvian blorptastic 갸뚫쀍",
    "東京 올림픽 Beyoncé",
    "안녕\n\n\u200b안녕 \u1112\u1162",
    "739157391 8413.57913",
    "…?!",
    " ",
    "",
]
EMPTY = {"739157391 8413.57913", "…?!", " ", ""}
OTHER_NAMES = (
    "문재인 트럼프 폼페이오 헤일리 메르켈 마크롱 볼턴 아베 시진핑 푸틴 틸러슨 오바마"
).split()


@pytest.fixture(scope="module")
def model() -> BilingualModel:
    """The bundled model; without its file nothing works, so nothing is skipped."""
    assert ARTIFACT.is_file(), f"{ARTIFACT} is missing: python scripts/train_encoder.py DATA"
    return open_model()


@pytest.fixture(scope="module")
def encoder(model: BilingualModel) -> BilingualEncoder:
    """The encoder over it."""
    return BilingualEncoder(model)


@pytest.fixture(scope="module")
def inputs(analyzer: Analyzer) -> list[EncoderInput]:
    """The texts with the words that the analyzer finds in them."""
    return [
        EncoderInput(
            text,
            Counter(
                term
                for sentence in analyzer.analyze(text)
                for term in sentence.tokens.terms
                if not is_bigram(term)
            ),
        )
        for text in TEXTS
    ]


@pytest.fixture(scope="module")
def expected(encoder: BilingualEncoder, inputs: list[EncoderInput]) -> Vectors:
    """What each of the texts is encoded as."""
    return encoder.encode_passages(inputs)


# The encoder.


def test_texts_are_unit_rows_and_those_without_words_are_zeros(expected: Vectors) -> None:
    lengths = dict(zip(TEXTS, np.linalg.norm(expected, axis=1).tolist(), strict=True))
    for text, length in lengths.items():
        assert length == pytest.approx(0 if text in EMPTY else 1, abs=1e-5), text


def test_queries_are_encoded_as_passages_are(
    encoder: BilingualEncoder, inputs: list[EncoderInput], expected: Vectors
) -> None:
    np.testing.assert_allclose(encoder.encode_queries(inputs), expected, atol=1e-5)


def test_a_text_is_the_unit_sum_of_its_words_by_the_root_of_their_counts(
    encoder: BilingualEncoder, model: BilingualModel
) -> None:
    words = {"선거/N": 4, "election": 1, "haspel": 2, "1350": 9}
    total = np.zeros(model.vectors.dim)
    for word, count in words.items():
        total += count**0.5 * model.vectors.of_terms([word])[0].astype(np.float64)
    [vector] = encoder.encode_queries([EncoderInput("", words)])
    np.testing.assert_allclose(vector, total / np.linalg.norm(total), atol=1e-5)


def test_the_order_of_the_words_gives_the_same_bits(encoder: BilingualEncoder) -> None:
    words = {"선거/N": 1, "election": 1, "haspel": 2, "해스펠/N": 3}
    backwards = dict(reversed(words.items()))
    first, second = encoder.encode_queries([EncoderInput("", words), EncoderInput("", backwards)])
    np.testing.assert_array_equal(first, second)


# sentence-transformers.


def needs_torch(test: Callable[..., None]) -> Callable[..., None]:
    for mark in (
        pytest.mark.slow,  # torch alone takes seconds to import
        pytest.mark.filterwarnings("ignore::DeprecationWarning"),
        pytest.mark.filterwarnings("ignore::FutureWarning"),
        pytest.mark.filterwarnings("ignore::UserWarning"),
    ):
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def module() -> Any:
    """The bundled model in sentence-transformers, as its one module."""
    from sentence_transformers import SentenceTransformer

    from index.sentence_transformer_module import BilingualModule

    return SentenceTransformer(modules=[BilingualModule.load(ARTIFACT.parent)], device="cpu")


@needs_torch
def test_the_module_of_sentence_transformers_gives_the_same_vectors(
    module: Any, expected: Vectors
) -> None:
    vectors = module.encode(TEXTS)
    assert vectors.shape == expected.shape
    assert module.get_embedding_dimension() == expected.shape[1]
    np.testing.assert_allclose(vectors, expected, atol=1e-3)
    np.testing.assert_allclose(module.encode(TEXTS[0]), expected[0], atol=1e-3)


@needs_torch
def test_texts_without_words_alone_are_zeros_there_too(module: Any) -> None:
    assert module.encode([""]).tolist() == [[0.0] * module.get_embedding_dimension()]
    assert not module.encode(sorted(EMPTY)).any()


@needs_torch
def test_sentence_transformers_opens_the_folder_and_what_it_saved_of_it(
    tmp_path: Path, expected: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import SentenceTransformer

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    bundled = SentenceTransformer(str(ARTIFACT.parent), trust_remote_code=True, device="cpu")
    np.testing.assert_allclose(bundled.encode(TEXTS), expected, atol=1e-3)
    bundled.save(str(tmp_path / "saved"))
    again = SentenceTransformer(str(tmp_path / "saved"), trust_remote_code=True, device="cpu")
    np.testing.assert_allclose(again.encode(TEXTS[:3]), expected[:3], atol=1e-3)


# The file.


def test_the_file_is_small_enough_for_a_repository(model: BilingualModel) -> None:
    assert ARTIFACT.stat().st_size <= MAX_FILE_BYTES


def test_the_fingerprint_is_the_digest_of_the_tensors(model: BilingualModel) -> None:
    tensors, metadata = map_tensors(ARTIFACT)
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].tobytes())
    assert metadata["fingerprint"] == model.fingerprint == digest.hexdigest()
    assert metadata["license"]


def test_every_scale_is_finite_and_above_zero(model: BilingualModel) -> None:
    tensors, _ = map_tensors(ARTIFACT)
    for name in ("scales", "letter_scales", "jamo_scales"):
        scales = tensors[name].astype(np.float32)
        assert np.isfinite(scales).all()
        assert (scales > 0).all()


def test_tables_point_into_themselves(model: BilingualModel) -> None:
    tensors, _ = map_tensors(ARTIFACT)
    n_keys = len(tensors["key_offsets"]) - 1
    for offsets, items in (
        ("key_offsets", "key_text"),
        ("related_starts", "related_keys"),
        ("phrase_offsets", "phrase_text"),
        ("equivalent_offsets", "equivalent_text"),
    ):
        assert tensors[offsets][0] == 0
        assert tensors[offsets][-1] == len(tensors[items])
        assert (np.diff(tensors[offsets].astype(np.int64)) >= 0).all()
    assert len(tensors["related_starts"]) == n_keys + 1
    assert len(tensors["related_weights"]) == len(tensors["related_keys"])
    assert tensors["related_keys"].max() < n_keys
    assert tensors["related_weights"].min() > 0
    assert len(tensors["equivalent_offsets"]) == len(tensors["phrase_offsets"])
    assert len(tensors["vectors"]) == len(tensors["scales"]) > n_keys


def test_keys_and_phrases_are_sorted_and_found(model: BilingualModel) -> None:
    tensors, _ = map_tensors(ARTIFACT)
    for kind in ("key", "phrase"):
        offsets = tensors[f"{kind}_offsets"].tolist()
        text = tensors[f"{kind}_text"].tobytes()
        keys = [text[a:b] for a, b in itertools.pairwise(offsets)]
        assert keys == sorted(set(keys))


def test_every_line_of_equivalents_is_a_weight_and_terms(model: BilingualModel) -> None:
    tensors, _ = map_tensors(ARTIFACT)
    offsets = tensors["equivalent_offsets"].tolist()
    text = tensors["equivalent_text"].tobytes()
    for start, end in itertools.pairwise(offsets):
        for line in text[start:end].decode().split("\n"):
            weight, *parts = line.split(PART_SEPARATOR)
            assert 0 < float(weight) <= 1
            assert parts
            assert all("/" in part or part[0].isdigit() for part in parts)


def test_the_encoder_needs_no_torch() -> None:
    """In a process of its own, as another test may have imported it here."""
    program = (
        "import sys, index.bilingual_encoder as e, index.bilingual_model as m, index.encoder as i\n"
        "encoder = e.BilingualEncoder(m.open_model())\n"
        "encoder.encode_queries([i.EncoderInput('', {'election': 1, 'haspel': 1})])\n"
        "m.open_model().spelling.encode_latin(['haspel'])\n"
        "heavy = {'torch', 'scipy', 'transformers', 'sentence_transformers', 'safetensors'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_the_folder_is_described_for_sentence_transformers() -> None:
    modules = json.loads((ARTIFACT.parent / "modules.json").read_text("utf-8"))
    assert [module["type"] for module in modules] == [
        "index.sentence_transformer_module.BilingualModule"
    ]


# What it knows.


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("election", "선거/N"),
        ("Elections", "선거/N"),
        ("president", "대통령/N"),
        ("people", "사람/N"),
        ("region", "지역/N"),
        ("summit", "정상/N"),
        ("economy", "경제/N"),
        ("earthquake", "지진/N"),
        ("prosecutor", "검사/N"),
    ],
)
def test_common_words_are_translated(model: BilingualModel, word: str, term: str) -> None:
    assert (term,) in [related.parts for related in model.lexicon.translations(word)]


@pytest.mark.parametrize(
    ("phrase", "term"),
    [("National Assembly", "국회/N"), ("White House", "백악관/N"), ("Bank of Korea", "한은/N")],
)
def test_set_phrases_are_translated_whole(model: BilingualModel, phrase: str, term: str) -> None:
    assert (term,) in [related.parts for related in model.lexicon.phrase(phrase.split())]


def test_related_words_are_the_surest_first(model: BilingualModel) -> None:
    for related in (
        model.lexicon.translations("election"),
        model.lexicon.synonyms("선거/N"),
        model.lexicon.phrase(["white", "house"]),
    ):
        weights = [each.weight for each in related]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)


@pytest.mark.parametrize(
    ("latin", "hangul"), [("Haspel", "해스펠"), ("Pompeo", "폼페이오"), ("Moon Jae-in", "문재인")]
)
def test_a_name_is_nearest_to_its_spelling_in_hangul(
    model: BilingualModel, latin: str, hangul: str
) -> None:
    names = [hangul, *(name for name in OTHER_NAMES if name != hangul)]
    near = (model.spelling.encode_latin([latin]) @ model.spelling.encode_hangul(names).T)[0]
    assert near[0] > 0.5
    assert near[0] > near[1:].max()
    assert len(near) > 10


def test_a_question_is_nearer_to_its_translation_than_to_another(
    encoder: BilingualEncoder, analyzer: Analyzer
) -> None:
    texts = [
        "Who won the presidential election?",
        "대통령 선거에서 누가 이겼나?",
        "지진으로 건물이 무너졌다",
        "반도체 수출이 늘었다",
    ]
    inputs = [
        EncoderInput(text, Counter(t for t in analyzer.query_terms(text) if not is_bigram(t)))
        for text in texts
    ]
    vectors = encoder.encode_queries(inputs)
    near = vectors[1:] @ vectors[0]
    assert near[0] > near[1:].max() + 0.1
