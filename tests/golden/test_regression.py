"""
Our own questions over the samples: which articles they find, in which order, how well.

Scores are reviewed only as far as they decide what may change places. The floors hold
whatever the run file says, so that a worse ranking is not waved through by rewriting it.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from search.engine import SearchEngine
from search.evaluate import Judged, means, measure

GOLDEN = Path(__file__).parent
SAMPLES = GOLDEN.parent.parent / "samples" / "news.jsonl"
RUN = GOLDEN / "regression.run.jsonl"
K = 10
TIE = 1e-5  # what another processor's rounding may make of equal scores

FLOORS = {
    "ko": {"nDCG@10": 0.85, "Success@1": 0.71},
    "en": {"nDCG@10": 0.93, "Success@1": 0.88},
    "kw": {"nDCG@10": 0.965, "Success@1": 0.94},
}
"""By kind of question (Korean, English, keywords), about 0.02 below what is reached."""


class Question(NamedTuple):
    """A question and all articles that answer it; its id begins with its kind."""

    question_id: str
    text: str
    relevant: list[str]

    @property
    def kind(self) -> str:
        return self.question_id.partition("-")[0]


class Ranking(NamedTuple):
    """Document ids with their scores, best first."""

    ids: list[str]
    scores: list[float]


def differences(reviewed: Ranking, ids: Sequence[str]) -> list[str]:
    """
    Tell how *ids* differ from a reviewed ranking.

    Returns:
        A line for each id missing or extra and for each pair that changed places though
        its reviewed scores are `TIE` or more apart; none if the ranking is still good.
    """
    found = [f"{name} is missing" for name in reviewed.ids if name not in ids]
    found += [f"{name} is extra" for name in ids if name not in reviewed.ids]
    found += [f"{name} is there {n} times" for name, n in Counter(ids).items() if n > 1]
    ranks = {name: rank for rank, name in enumerate(ids)}
    kept = [pair for pair in zip(reviewed.ids, reviewed.scores, strict=True) if pair[0] in ranks]
    for (upper, high), (lower, low) in combinations(kept, 2):
        if ranks[upper] > ranks[lower] and high - low >= TIE:
            found.append(f"{lower} is above {upper}")
    return found


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """The questions, in file order."""
    lines = (GOLDEN / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return [Question(record["_id"], record["text"], record["relevant"]) for record in records]


@pytest.fixture(scope="module")
def rankings(engine: SearchEngine, questions: list[Question]) -> dict[str, Ranking]:
    """What the engine finds, by question id."""
    found = {}
    for question in questions:
        hits = engine.search(question.text, k=K).hits
        scores = [round(float(hit.score), 6) for hit in hits]
        found[question.question_id] = Ranking([hit.document_id for hit in hits], scores)
    return found


# The comparison

REVIEWED = Ranking(["a", "b", "c", "d"], [0.9, 0.500004, 0.5, 0.1])


@pytest.mark.parametrize("ids", [["a", "b", "c", "d"], ["a", "c", "b", "d"]])
def test_an_equal_order_and_a_swap_of_near_equal_scores_are_good(ids: list[str]) -> None:
    assert differences(REVIEWED, ids) == []


def test_near_equal_scores_may_come_in_any_order() -> None:
    reviewed = Ranking(["a", "b", "c"], [0.500004, 0.500002, 0.5])
    assert differences(reviewed, ["c", "a", "b"]) == []


def test_a_chain_of_near_equal_scores_does_not_stretch_the_tolerance() -> None:
    reviewed = Ranking(["a", "b", "c"], [0.500012, 0.500006, 0.5])
    assert differences(reviewed, ["b", "a", "c"]) == []
    assert differences(reviewed, ["b", "c", "a"]) == ["c is above a"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["b", "a", "c", "d"], ["b is above a"]),
        (["a", "b", "d", "c"], ["d is above c"]),
        (["a", "d", "b", "c"], ["d is above b", "d is above c"]),
    ],
)
def test_a_swap_of_scores_further_apart_is_told(ids: list[str], expected: list[str]) -> None:
    assert differences(REVIEWED, ids) == expected


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["a", "b", "c"], ["d is missing"]),
        (["a", "b", "c", "d", "e"], ["e is extra"]),
        (["a", "b", "c", "e"], ["d is missing", "e is extra"]),
        (["a", "b", "c", "d", "d"], ["d is there 2 times"]),
        ([], ["a is missing", "b is missing", "c is missing", "d is missing"]),
    ],
)
def test_a_missing_or_extra_id_is_told(ids: list[str], expected: list[str]) -> None:
    assert differences(REVIEWED, ids) == expected


def test_a_question_that_finds_nothing_may_stay_so() -> None:
    assert differences(Ranking([], []), []) == []
    assert differences(Ranking([], []), ["a"]) == ["a is extra"]


# The questions


def test_the_questions_are_about_the_samples(questions: list[Question]) -> None:
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    samples = {json.loads(line)["id"] for line in lines}
    judged = [name for question in questions for name in question.relevant]
    assert set(judged) == samples
    assert all(len(q.relevant) == len(set(q.relevant)) > 0 for q in questions)
    assert len({q.question_id for q in questions}) == len({q.text for q in questions})
    assert Counter(q.kind for q in questions) == {"ko": 45, "en": 45, "kw": 30}


# The engine


def test_the_articles_found_are_the_reviewed_ones(
    rankings: dict[str, Ranking], golden: Callable[[str, str], None]
) -> None:
    if os.environ.get("UPDATE_GOLDEN") == "1":
        records = [{"_id": name, **ranking._asdict()} for name, ranking in rankings.items()]
        golden(RUN.name, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
    assert RUN.exists(), f"There is no tests/golden/{RUN.name}; make golden writes it"
    records = [json.loads(line) for line in RUN.read_text(encoding="utf-8").splitlines()]
    reviewed = {record["_id"]: Ranking(record["ids"], record["scores"]) for record in records}
    assert list(reviewed) == list(rankings), "The questions changed; see make golden"
    told = {name: differences(reviewed[name], found.ids) for name, found in rankings.items()}
    changed = [f"{name}: {', '.join(lines)}" for name, lines in told.items() if lines]
    assert not changed, "Rankings changed; see make golden\n" + "\n".join(changed)


@pytest.mark.parametrize("kind", list(FLOORS))
def test_the_measures_are_not_below_their_floors(
    rankings: dict[str, Ranking], questions: list[Question], kind: str
) -> None:
    asked = [question for question in questions if question.kind == kind]
    judged = Judged(
        {question.question_id: question.text for question in asked},
        {question.question_id: dict.fromkeys(question.relevant, 1) for question in asked},
    )
    reached = means(measure({name: rankings[name].ids for name in judged.queries}, judged))
    below = {name: reached[name] for name, floor in FLOORS[kind].items() if reached[name] < floor}
    assert not below, f"{kind} reaches {below}, below the floors {FLOORS[kind]}"
