"""
Question -> an answer whose sentences are quoted and cited, or an abstention.

Start here to follow a question: search, judge the sentences of the best articles, answer
or abstain, compose, and read every quote again from the store before it leaves. A
language model, where there is one, may word the answer instead; what it says is checked
against the same sentences.
"""

from collections.abc import Iterator
from typing import NamedTuple

from search import wording
from search.abstention import names_in
from search.answer_model import AnswerModel, open_answer_model
from search.answer_records import (
    Abstention,
    Answer,
    AnswerSentence,
    AskResult,
    Citation,
    RankedSentence,
    Reason,
)
from search.clock import Clock
from search.engine import SearchEngine
from search.extract import extract
from search.judge import Judgement, judge
from search.language_model import LanguageModel
from search.plan import Plan
from search.quoting import Quoting
from search.records import Filters, Hit
from search.reworded import reword

N_RANKED = 10


class AskEvent(NamedTuple):
    """What is known next while a question is answered; see `Answerer.stream`."""

    name: str
    hits: list[Hit] | None = None
    sentence: AnswerSentence | None = None
    citations: tuple[Citation, ...] = ()
    result: AskResult | None = None


class Answerer:
    """
    Answers over one engine's build.

    Args:
        engine: Finds passages.
        language_model: Words answers; None, and articles alone speak.
        model: The trained parts; None for those shipped.
    """

    def __init__(
        self,
        engine: SearchEngine,
        *,
        language_model: LanguageModel | None = None,
        model: AnswerModel | None = None,
    ) -> None:
        self.engine = engine
        self._language_model = language_model
        self._model = model or open_answer_model()

    def ask(
        self,
        question: str,
        *,
        k: int = 10,
        filters: Filters | None = None,
        explain: bool = False,
    ) -> AskResult:
        """
        Answer a question.

        Args:
            question: 1 to 512 code points, Korean, English or mixed.
            k: The most hits to return with the answer, 1 to 100.
            filters: Which articles may be found.
            explain: As in `SearchEngine.search`.

        Returns:
            An answer or an abstention, and hits as `search` gives them.

        Raises:
            InputError: An argument is out of range.
            IndexCorrupt: A stored text is not what its checksum says.
        """
        results = (
            event.result
            for event in self.stream(question, k=k, filters=filters, explain=explain)
            if event.result is not None
        )
        return next(results)

    def stream(
        self,
        question: str,
        *,
        k: int = 10,
        filters: Filters | None = None,
        explain: bool = False,
    ) -> Iterator[AskEvent]:
        """
        Answer as `ask` does, and tell each part once it is known.

        Yields:
            ``hits``; then ``sentence`` for each of the answer, with the citations that it
            is the first to name; last ``answer`` with the whole result.
        """
        clock = Clock()
        found = self.engine.find(question, k=k, filters=filters, clock=clock)
        hits = self.engine.hits(found, explain=explain)
        clock.mark("fetch")
        yield AskEvent("hits", hits=hits)
        snapshot = self.engine.snapshot
        judgement = judge(snapshot, self._model, found)
        abstention = self._abstention(found.plan, judgement)
        quoting = Quoting(snapshot.store)
        answer: Answer | None = None
        if abstention is None and judgement is not None:
            n_told = 0
            for part in self._worded(judgement, quoting):
                if isinstance(part, Answer):
                    answer = part
                else:
                    yield AskEvent("sentence", sentence=part, citations=quoting.citations[n_told:])
                    n_told = len(quoting.citations)
        clock.mark("answer")
        yield AskEvent(
            "answer",
            result=AskResult(
                question=found.plan.text,
                build=snapshot.manifest.build,
                answer=answer,
                citations=quoting.citations,
                abstention=abstention,
                hits=hits,
                timings_ms=clock.timings(),
                sentences=() if judgement is None else _ranked(judgement),
                explain=self.engine.explain(found.plan) if explain else None,
            ),
        )

    def _worded(self, judgement: Judgement, quoting: Quoting) -> Iterator[AnswerSentence | Answer]:
        """Yield the sentences of the answer, then the answer."""
        n_dropped = 0
        if self._language_model is not None:
            said = False
            reworded = reword(self._language_model, self.engine, judgement, quoting)
            for part in reworded:
                if isinstance(part, int):
                    n_dropped = part
                else:
                    said = True
                    yield part
            if said:
                return
        yield from extract(judgement, quoting, n_dropped)

    def _abstention(self, plan: Plan, judgement: Judgement | None) -> Abstention | None:
        missing: list[str] = []
        confidence = 0.0
        if not self.engine.snapshot.columns.n_documents:
            reason = Reason.EMPTY_CORPUS
        elif judgement is None:
            reason = Reason.NO_HITS
        else:
            confidence = judgement.confidence
            names = names_in(self.engine.snapshot, self._model.spans.tagger, plan)
            missing = names.missing
            confidence *= names.weigh(plan)
            if confidence >= self._model.abstention.threshold:
                return None
            reason = Reason.MISSING_ENTITY if missing else Reason.LOW_EVIDENCE
        said = wording.message(reason, plan.language, missing)
        return Abstention(reason, tuple(missing), said, confidence)


def _ranked(judgement: Judgement) -> tuple[RankedSentence, ...]:
    found = []
    for place in judgement.order[:N_RANKED]:
        sentence = judgement.sentences[place]
        span = sentence.stored
        score = float(judgement.scores[place])
        document = sentence.article.document
        found.append(RankedSentence(document.id, span.start, span.end, sentence.text, score))
    return tuple(found)
