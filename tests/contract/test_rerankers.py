"""What every reranker promises, tried on a tiny model made here and on one by hand."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from index.errors import ModelUnavailable
from index.snapshot import Snapshot
from search.engine import EngineOptions, SearchEngine
from search.rerank import CrossEncoderReranker, Reranker, RerankerOptions

pytestmark = [
    pytest.mark.slow,  # torch alone takes seconds to import
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

WORDS = ["해솔", "공장", "전력", "심의", "통신", "장애", "사업", "탈락", "factory", "."]
QUERY = "해솔 공장"
PASSAGES = ["해솔 공장 전력", "심의 .", "factory", "", "통신 장애 " * 200]


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterable[None]:
    """No test here asks the hub for anything, not even whether a name exists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TRANSFORMERS_OFFLINE", "1")
        yield


def save_cross_encoder(folder: Path, *, seed: int = 1, num_labels: int = 1) -> Path:
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

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
        initializer_range=0.5,  # scores far apart, so that cutting or mixing up texts shows
        num_labels=num_labels,
    )
    torch.manual_seed(seed)
    BertForSequenceClassification(config).save_pretrained(bert)
    BertTokenizerFast(
        vocab=str(bert / "vocab.txt"), strip_accents=False, model_max_length=32
    ).save_pretrained(bert)
    CrossEncoder(str(bert), device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved cross-encoder; random weights from a seed, so nothing is downloaded."""
    return save_cross_encoder(tmp_path_factory.mktemp("reranker"))


class ByHand:
    """Words in common."""

    name = "by-hand"

    def score(self, query: str, passages: Sequence[str]) -> npt.NDArray[np.float64]:
        words = set(query.split())
        return np.array([len(words & set(text.split())) for text in passages], np.float64)


@pytest.fixture(scope="module", params=["cross-encoder", "by-hand"])
def reranker(request: pytest.FixtureRequest, model: Path) -> Reranker:
    """Each kind of reranker in turn."""
    if request.param == "by-hand":
        return ByHand()
    return CrossEncoderReranker(RerankerOptions(str(model), device="cpu"))


def test_each_passage_gets_one_finite_score(reranker: Reranker) -> None:
    scores = reranker.score(QUERY, PASSAGES)
    assert scores.shape == (len(PASSAGES),)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert len(set(scores.tolist())) > 1


def test_no_passages_get_no_scores(reranker: Reranker) -> None:
    assert reranker.score(QUERY, []).shape == (0,)


def test_a_score_does_not_depend_on_its_neighbours_or_their_order(reranker: Reranker) -> None:
    together = reranker.score(QUERY, PASSAGES)
    alone = [reranker.score(QUERY, [passage])[0] for passage in PASSAGES]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(reranker.score(QUERY, PASSAGES[::-1])[::-1], together, atol=1e-5)


def test_threads_may_share_one(reranker: Reranker) -> None:
    expected = reranker.score(QUERY, PASSAGES)
    found: list[npt.NDArray[np.float64]] = []
    threads = [
        threading.Thread(target=lambda: found.append(reranker.score(QUERY, PASSAGES)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    for scores in found:
        np.testing.assert_allclose(scores, expected, atol=1e-5)


@pytest.mark.parametrize("query", ["KT는 왜 정부 AI 사업에서 탈락했나?", "통신 장애"])
@pytest.mark.parametrize("depth", [1, 7, 50])
def test_the_same_passages_are_found_by_score_with_ties_by_passage_id(
    reranker: Reranker, snapshot: Snapshot, query: str, depth: int
) -> None:
    options = EngineOptions(reranker_depth=depth)
    before = SearchEngine(snapshot).search(query, k=100, passages_per_document=20).hits
    hits = (
        SearchEngine(snapshot, options, reranker=reranker)
        .search(query, k=100, passages_per_document=20)
        .hits
    )
    assert len(before) > 50
    assert {hit.passage_id for hit in hits[:depth]} == {hit.passage_id for hit in before[:depth]}
    assert [hit.passage_id for hit in hits[depth:]] == [hit.passage_id for hit in before[depth:]]
    keys = [(-hit.score, hit.passage_id) for hit in hits]
    assert keys == sorted(keys)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_the_raw_scores_of_a_model_are_taken(model: Path) -> None:
    """By hand with transformers; a sigmoid would lie between 0 and 1."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    network = AutoModelForSequenceClassification.from_pretrained(model).eval()
    pairs = tokenizer([QUERY] * 3, PASSAGES[:3], padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        expected = network(**pairs).logits[:, 0].numpy()
    found = CrossEncoderReranker(RerankerOptions(str(model), device="cpu"))
    assert found.name == str(model)
    np.testing.assert_allclose(found.score(QUERY, PASSAGES[:3]), expected, atol=1e-5)
    assert (expected < 0).any() or (expected > 1).any()


def test_a_folder_that_is_not_there_is_one_line_that_names_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    with pytest.raises(ModelUnavailable, match=r"The reranker '.*' cannot be loaded") as found:
        CrossEncoderReranker(RerankerOptions(missing, device="cpu"))
    assert missing in str(found.value)
    assert "\n" not in str(found.value)


WITHOUT_NETWORK = """
import socket, sys

def refuse(*arguments, **options):
    sys.exit(f"network: {arguments}")

socket.socket.connect = socket.getaddrinfo = refuse
from index.errors import ModelUnavailable
from search.rerank import CrossEncoderReranker, RerankerOptions
try:
    found = CrossEncoderReranker(RerankerOptions(sys.argv[1], device="cpu"))
    print(found.score("해솔", ["공장", "전력"]).shape)
except ModelUnavailable as error:
    print(error)
"""


def test_a_name_is_looked_up_in_the_local_cache_only(model: Path, tmp_path: Path) -> None:
    """In a process of its own, where nothing says that it is offline."""
    cached = tmp_path / "models--gisa--tiny"
    shutil.copytree(model, cached / "snapshots" / "0123abcd")
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("0123abcd")
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_OFFLINE")}
    for name, told in (
        ("gisa/tiny", "(2,)"),
        ("gisa/no-such-model", "The reranker 'gisa/no-such-model' cannot be loaded"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_NETWORK, name],
            capture_output=True,
            text=True,
            env={**environment, "HF_HUB_CACHE": str(tmp_path), "HF_HOME": str(tmp_path)},
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(told)
        assert done.stdout.count("\n") == 1


def test_a_model_of_several_scores_a_pair_is_refused(tmp_path: Path) -> None:
    folder = save_cross_encoder(tmp_path, num_labels=3)
    with pytest.raises(ModelUnavailable, match=r"gives 3 scores a pair, not 1\. Set GISA_RERANKER"):
        CrossEncoderReranker(RerankerOptions(str(folder), device="cpu"))


def test_scores_that_are_no_numbers_are_refused(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = CrossEncoderReranker(RerankerOptions(str(model), device="cpu"))
    monkeypatch.setattr(
        broken._model, "predict", lambda pairs, **options: np.full(len(pairs), np.nan)
    )
    with pytest.raises(ModelUnavailable, match="gave scores that are no numbers"):
        broken.score(QUERY, PASSAGES)
