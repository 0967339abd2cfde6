"""What every encoder promises, tried on ours and on two tiny models made here."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.analysis import Analyzer
from index.build import BuildOptions, build_index
from index.encoder import (
    BILINGUAL,
    SENTENCE_TRANSFORMERS,
    Encoder,
    EncoderInput,
    EncoderOptions,
    Vectors,
)
from index.encoders import open_encoder
from index.errors import IndexIncompatible, InputError, ModelUnavailable
from index.snapshot import open_snapshot
from search.engine import SearchEngine

pytestmark = [
    pytest.mark.slow,  # torch alone takes seconds to import
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

WORDS = ["해솔", "공장", "전력", "심의", "query", "document", "factory", "##s", ":", "."]
PROMPTS = {"query": "query: ", "document": "document: "}
PASSAGE_PROMPTS = {"query": "query: ", "passage": "document: "}
KINDS = [BILINGUAL, "transformer", "static"]


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterable[None]:
    """No test here asks the hub for anything, not even whether a name exists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TRANSFORMERS_OFFLINE", "1")
        yield


def save_transformer(folder: Path, *, seed: int, prompts: dict[str, str] | None = None) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    bert = folder / "bert"
    bert.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (bert / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    torch.manual_seed(seed)
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(
        vocab=str(bert / "vocab.txt"), strip_accents=False, model_max_length=32
    ).save_pretrained(bert)
    transformer = models.Transformer(str(bert))
    pooling = models.Pooling(16, pooling_mode="mean")
    model = SentenceTransformer(modules=[transformer, pooling], device="cpu", prompts=prompts)
    model.save(str(folder / "model"))
    return folder / "model"


def save_static(folder: Path, *, seed: int) -> Path:
    from sentence_transformers import SentenceTransformer, models
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(["[UNK]", *WORDS])}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((len(WORDS) + 1, 16)).astype(np.float32)
    static = models.StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def model_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Saved models by name; random weights from a seed, so nothing is downloaded."""
    folder = tmp_path_factory.mktemp("models")
    return {
        "transformer": save_transformer(folder / "transformer", seed=1),
        "prompted": save_transformer(folder / "prompted", seed=1, prompts=PROMPTS),
        "passage-prompted": save_transformer(folder / "passage", seed=1, prompts=PASSAGE_PROMPTS),
        "other": save_transformer(folder / "other", seed=2),
        "static": save_static(folder / "static", seed=1),
    }


Open = Callable[..., Encoder]


@pytest.fixture(scope="module")
def open_kind(model_folders: dict[str, Path]) -> Open:
    """Open an encoder by its kind; *settings* are those of `EncoderOptions`."""

    def open_(kind: str, **settings: Any) -> Encoder:
        name = kind if kind == BILINGUAL else f"{SENTENCE_TRANSFORMERS}{model_folders[kind]}"
        return open_encoder(EncoderOptions(name, device="cpu", **settings))

    return open_


@pytest.fixture(scope="module", params=KINDS)
def encoder(request: pytest.FixtureRequest, open_kind: Open) -> Encoder:
    """Each kind of encoder in turn."""
    return open_kind(request.param)


INPUTS = [
    EncoderInput("해솔 공장 전력", {"해솔/N": 1, "공장/N": 2, "전력/N": 1}),
    EncoderInput("공장 심의.", {"공장/N": 1, "심의/N": 1}),
    EncoderInput("factorys document", {"factorys": 1, "document": 1}),
]


def test_vectors_are_unit_rows_of_float32_in_c_order(encoder: Encoder) -> None:
    for encode in (encoder.encode_passages, encoder.encode_queries):
        vectors = encode(INPUTS)
        assert vectors.shape == (len(INPUTS), encoder.dim)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dim)
    assert encoder.encode_queries([]).shape == (0, encoder.dim)


def test_the_same_text_gets_the_same_vector_and_another_text_another(encoder: Encoder) -> None:
    for encode in (encoder.encode_passages, encoder.encode_queries):
        first, again = encode([INPUTS[0]]), encode([INPUTS[0]])
        np.testing.assert_array_equal(first, again)
        assert not np.allclose(first, encode([INPUTS[1]]), atol=1e-3)


def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    for encode in (encoder.encode_passages, encoder.encode_queries):
        together = encode(INPUTS)
        alone = np.concatenate([encode([each]) for each in INPUTS])
        np.testing.assert_allclose(together, alone, atol=1e-5)


def test_threads_may_share_one(encoder: Encoder) -> None:
    expected = encoder.encode_queries(INPUTS)
    found: list[Vectors] = []
    threads = [
        threading.Thread(target=lambda: found.append(encoder.encode_queries(INPUTS)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    for vectors in found:
        np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_a_text_without_words_still_gets_a_row(encoder: Encoder) -> None:
    empty = EncoderInput("", {})
    for encode in (encoder.encode_passages, encoder.encode_queries):
        [vector] = encode([empty])
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) or not vector.any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_load_has_the_same_fingerprint_and_vectors(kind: str, open_kind: Open) -> None:
    first, second = open_kind(kind), open_kind(kind)
    assert first.fingerprint == second.fingerprint
    np.testing.assert_array_equal(first.encode_passages(INPUTS), second.encode_passages(INPUTS))


def test_every_model_and_setting_has_a_fingerprint_of_its_own(open_kind: Open) -> None:
    kinds = [BILINGUAL, "transformer", "prompted", "passage-prompted", "other", "static"]
    found = [open_kind(kind).fingerprint for kind in kinds]
    found += [open_kind("transformer", dim=8).fingerprint]
    found += [open_kind("transformer", max_tokens=4).fingerprint]
    assert len(set(found)) == len(found)


def test_a_fingerprint_does_not_depend_on_where_a_model_lies(
    model_folders: dict[str, Path], open_kind: Open, tmp_path: Path
) -> None:
    moved = shutil.copytree(model_folders["static"], tmp_path / "elsewhere")
    options = EncoderOptions(f"{SENTENCE_TRANSFORMERS}{moved}", device="cpu")
    assert open_encoder(options).fingerprint == open_kind("static").fingerprint


@pytest.mark.parametrize("kind", ["prompted", "passage-prompted"])
def test_a_prompt_goes_before_queries_and_another_before_passages(
    kind: str, open_kind: Open
) -> None:
    """A prompt for passages may be called so, or be the document's."""
    prompted, bare = open_kind(kind), open_kind("transformer")
    text = "해솔 공장"
    for encode, expected in (
        (prompted.encode_queries, f"{PROMPTS['query']}{text}"),
        (prompted.encode_passages, f"{PROMPTS['document']}{text}"),
    ):
        wanted = bare.encode_passages([EncoderInput(expected, {})])
        np.testing.assert_allclose(encode([EncoderInput(text, {})]), wanted, atol=1e-5)


@pytest.mark.parametrize("kind", ["transformer", "static"])
def test_fewer_dimensions_are_the_first_ones_made_unit_again(kind: str, open_kind: Open) -> None:
    full, cut = open_kind(kind).encode_passages(INPUTS), open_kind(kind, dim=8)
    first = full[:, :8] / np.linalg.norm(full[:, :8], axis=1, keepdims=True)
    assert cut.dim == 8
    np.testing.assert_allclose(cut.encode_passages(INPUTS), first, atol=1e-5)


def test_an_input_is_cut_at_max_tokens(open_kind: Open) -> None:
    short = open_kind("transformer", max_tokens=4)  # two words between two marks
    long, cut = EncoderInput("해솔 공장 전력 심의", {}), EncoderInput("해솔 공장", {})
    np.testing.assert_allclose(
        short.encode_passages([long]), short.encode_passages([cut]), atol=1e-5
    )


def test_more_dimensions_than_the_model_has_are_refused(open_kind: Open) -> None:
    with pytest.raises(
        ModelUnavailable, match=r"has 16 dimensions, not 17\. Ask for fewer"
    ) as caught:
        open_kind("static", dim=17)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_one_line_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelUnavailable, match=r"The model '.*' cannot be loaded") as caught:
        open_encoder(EncoderOptions(f"{SENTENCE_TRANSFORMERS}{tmp_path}", device="cpu"))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_model_that_is_not_here_is_not_fetched() -> None:
    with pytest.raises(ModelUnavailable, match=r"The model 'gisa/no-such-model' cannot be loaded"):
        open_encoder(EncoderOptions(f"{SENTENCE_TRANSFORMERS}gisa/no-such-model"))


WITHOUT_NETWORK = """
import socket, sys

def refuse(*arguments, **options):
    sys.exit(f"network: {arguments}")

socket.socket.connect = socket.getaddrinfo = refuse
from index.encoder import EncoderInput, EncoderOptions
from index.encoders import open_encoder
from index.errors import ModelUnavailable
try:
    encoder = open_encoder(EncoderOptions(f"sentence-transformers:{sys.argv[1]}", device="cpu"))
    print(encoder.encode_queries([EncoderInput("해솔", {})]).shape, encoder.fingerprint)
except ModelUnavailable as error:
    print(error)
"""


def open_cached(name: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Open a model by its name on the hub, in a process that says nowhere that it is offline."""
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_OFFLINE")}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, name],
        capture_output=True,
        text=True,
        env={**environment, "HF_HUB_CACHE": str(cache), "HF_HOME": str(cache)},
        timeout=120,
    )


def put_into_cache(model: Path, cache: Path) -> None:
    """Lay a saved model where the hub's client would have, as gisa/tiny."""
    folder = cache / "models--gisa--tiny"
    shutil.copytree(model, folder / "snapshots" / "0123abcd")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0123abcd")


def test_a_name_is_looked_up_in_the_local_cache_only(
    model_folders: dict[str, Path], tmp_path: Path
) -> None:
    put_into_cache(model_folders["transformer"], tmp_path)
    for name, told in (
        ("gisa/tiny", "(1, 16) st-"),
        ("gisa/no-such-model", "The model 'gisa/no-such-model' cannot be loaded"),
    ):
        done = open_cached(name, tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(told)
        assert done.stdout.count("\n") == 1
        assert "%|" not in done.stderr  # no progress bar


def test_a_model_of_half_precision_has_a_fingerprint_too(tmp_path: Path) -> None:
    """numpy has no bfloat16, in which many models on the hub are saved."""
    import torch
    from sentence_transformers import SentenceTransformer

    saved = save_transformer(tmp_path / "full", seed=1)
    half = SentenceTransformer(str(saved), device="cpu").to(torch.bfloat16)
    half.save(str(tmp_path / "half"))
    put_into_cache(tmp_path / "half", tmp_path / "cache")
    done = open_cached("gisa/tiny", tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("(1, 16) st-")


def test_an_encoder_of_no_known_kind_is_an_input_error() -> None:
    with pytest.raises(InputError, match=r"Unknown encoder 'word2vec'\. Use bilingual, or"):
        open_encoder(EncoderOptions("word2vec"))


def test_words_of_like_spelling_are_nearer_than_others(open_kind: Open) -> None:
    """No vocabulary holds these; what is left of them is their letters."""
    terms = ["handeulnews", "handeulnew", "qwxyzk"]
    inputs = [EncoderInput("", {term: 1}) for term in terms]
    first, like, other = open_kind(BILINGUAL).encode_passages(inputs)
    assert first @ like > 0.5 > first @ other


def test_an_index_with_a_model_is_built_and_searched_and_needs_the_model(
    model_folders: dict[str, Path],
    write_jsonl: Callable[..., Path],
    tmp_path: Path,
    analyzer: Analyzer,
) -> None:
    corpus = write_jsonl(
        {"id": "a", "title": "해솔 공장", "text": "해솔 공장 심의 전력."},
        {"id": "b", "title": "눈 소식", "text": "밤새 눈이 쌓였다."},
    )
    moved = Path(shutil.copytree(model_folders["prompted"], tmp_path / "model"))
    options = BuildOptions(encoder=EncoderOptions(f"{SENTENCE_TRANSFORMERS}{moved}", device="cpu"))
    folder = tmp_path / "index"
    build_index([corpus], folder, options, analyzer=analyzer)
    snapshot = open_snapshot(folder, analyzer=analyzer)
    [first, *_] = SearchEngine(snapshot).search("해솔 공장").hits
    assert first.document_id == "a"
    assert first.dense is not None
    snapshot.close()
    shutil.rmtree(moved)
    shutil.copytree(model_folders["other"], moved)
    with pytest.raises(IndexIncompatible, match="was built with encoder st-"):
        open_snapshot(folder, analyzer=analyzer)
    shutil.rmtree(moved)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        open_snapshot(folder, analyzer=analyzer)
