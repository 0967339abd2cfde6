"""
The parts of search, each taken away once, and what was lost by that.

Useful for: what does this part earn on these questions? Not useful for: choosing weights
(`search.tune`); a part that is taken away leaves the others as they were fitted with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from search.engine import EngineOptions
from search.evaluate import Judged, Run, Values, compare, intervals, means, measure
from search.fuse import Fusion
from search.plan import Origin
from search.weights import (
    ARTICLE,
    DENSE,
    RERANKER,
    SENTENCE,
    QueryKind,
    without_reranker,
)

DEFAULT = "default"
SHOWN = ("nDCG@10", "Success@1")


class Ablation(NamedTuple):
    """One part of search, by name, what is missing without it, and how to be without it."""

    name: str
    leaves_out: str
    change: Callable[[EngineOptions], EngineOptions]


def report_ablation(runs: Mapping[str, Run], judged: Judged) -> dict[str, Any]:
    """
    Compare runs of `ABLATIONS` with the default over the same queries.

    Args:
        runs: By name of the ablation, `DEFAULT` among them.
        judged: What they are measured by.

    Returns:
        By name, the measures `SHOWN` with their intervals and, None for the default, the
        difference to it as `search.evaluate.compare` gives it. The p of one ablation knows
        nothing of the others: among twenty that change nothing, one has p < 0.05.
    """
    leaves_out = {each.name: each.leaves_out for each in ABLATIONS}
    default = _shown(measure(runs[DEFAULT], judged))
    report: dict[str, Any] = {
        DEFAULT: {"leaves_out": None, **_describe(default), "against_default": None}
    }
    for name, run in runs.items():
        if name != DEFAULT:
            values = _shown(measure(run, judged))
            report[name] = {
                "leaves_out": leaves_out[name],
                **_describe(values),
                "against_default": compare(values, default),
            }
    return report


def report_by(run: Run, judged: Judged, groups: Mapping[str, str]) -> dict[str, Any]:
    """
    Measure groups of the queries on their own.

    Args:
        run: What is measured.
        judged: What it is measured by.
        groups: By query id, the name of the group it is in.

    Returns:
        By name, the number of queries and the measures `SHOWN` with their intervals; the
        largest group first, and of equal ones the first by name.
    """
    values = _shown(measure(run, judged))
    names = np.array([groups[query_id] for query_id in judged.queries])
    counts = {str(name): int((names == name).sum()) for name in np.unique(names)}
    return {
        name: {
            "queries": count,
            **_describe({measure: array[names == name] for measure, array in values.items()}),
        }
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    }


def _shown(values: Values) -> Values:
    return {name: values[name] for name in SHOWN}


def _describe(values: Values) -> dict[str, Any]:
    return {"measures": means(values), "intervals": intervals(values)}


def _leg(leg: str, leaves_out: str) -> Ablation:
    return Ablation(f"without {leg}", leaves_out, lambda options: _without_leg(options, leg))


def _without_leg(options: EngineOptions, leg: str) -> EngineOptions:
    fusion = {kind: _rest(legs, leg) for kind, legs in options.weights.fusion.items()}
    return replace(options, weights=replace(options.weights, fusion=fusion))


def _rest(legs: Mapping[str, float], leg: str) -> Mapping[str, float]:
    """Give a leg's weight to the others as they part theirs; the reranker keeps its own."""
    total = sum(without_reranker(legs).values())
    rest = total - legs.get(leg, 0.0)
    if rest <= 0:
        return legs  # the only leg: without it nothing is ranked
    return {
        name: 0.0 if name == leg else weight if name == RERANKER else weight * total / rest
        for name, weight in legs.items()
    }


def _origin(origin: Origin, leaves_out: str) -> Ablation:
    return Ablation(
        f"without {origin.value}",
        leaves_out,
        lambda options: replace(options, without=options.without | {origin}),
    )


def _without_bigrams(options: EngineOptions) -> EngineOptions:
    terms = replace(options.weights.terms, bigram=0.0)
    return replace(options, weights=replace(options.weights, terms=terms))


def _with_heavier_leads(options: EngineOptions) -> EngineOptions:
    terms = replace(options.weights.terms, lead=0.1)
    return replace(options, weights=replace(options.weights, terms=terms))


def _with_one_fusion(options: EngineOptions) -> EngineOptions:
    legs = options.weights.fusion[QueryKind.KOREAN_QUESTION]
    fusion = dict.fromkeys(QueryKind, legs)
    return replace(options, weights=replace(options.weights, fusion=fusion))


def _with_ranks(options: EngineOptions) -> EngineOptions:
    return replace(options, fusion=Fusion.RRF)


ABLATIONS = (
    _leg(ARTICLE, "what the rest of the article says of the question"),
    _leg(DENSE, "the likeness of embeddings; what only the dense leg found comes last"),
    _leg(SENTENCE, "how much of the question the closest sentence says"),
    _origin(Origin.ALIAS, "other names of a thing, by the alias table"),
    _origin(Origin.SYNONYM, "Korean words of like meaning or spelling; other spellings of sums"),
    _origin(Origin.TRANSLITERATION, "names that sound like the question's"),
    _origin(Origin.TRANSLATION, "Korean words and phrases for English ones, dates and sums too"),
    Ablation(
        "first passages weigh a tenth more",
        "nothing: in the lexical leg, the lead of an article counts more than its body",
        _with_heavier_leads,
    ),
    Ablation("without bigrams", "pairs of the question's syllables", _without_bigrams),
    Ablation(
        "one set of weights",
        "weights of the legs by kind of query; all have those of Korean questions",
        _with_one_fusion,
    ),
    Ablation(
        "reciprocal rank fusion",
        "all weights of the legs; the ranks of two legs count instead of scores",
        _with_ranks,
    ),
)
"""What is taken away, one at a time."""
