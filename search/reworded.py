"""
Judged sentences -> an answer worded by a language model, as far as they hold it up.
"""

import logging
from collections.abc import Iterator

from search.answer_records import Answer, AnswerMode, AnswerSentence
from search.claim_support import ClaimSupport
from search.engine import SearchEngine
from search.extract import answer_span, newest
from search.judge import Judgement
from search.language_model import LanguageModel
from search.llm_answer import Checked, stream_claims
from search.prompt import NumberedSentence
from search.quoting import Quoting

N_SENTENCES = 12
"""The likeliest sentences are sent, no more."""

log = logging.getLogger(__name__)


def reword(
    model: LanguageModel, engine: SearchEngine, judgement: Judgement, quoting: Quoting
) -> Iterator[AnswerSentence | Answer | int]:
    """
    Yield the sentences that were held up and then the answer; a count where none was.

    Args:
        model: Is sent the likeliest sentences.
        engine: Plans claims as it plans questions.
        judgement: With at least one sentence.
        quoting: Takes the citations.

    Yields:
        Sentences as they come, then the answer; where nothing is left of the reply, only
        the number of its sentences that were dropped.
    """
    places = judgement.order[:N_SENTENCES]
    sentences = [judgement.sentences[place] for place in places]
    compared = ClaimSupport(engine.snapshot, engine.plan, sentences)
    numbered = [
        NumberedSentence(
            number,
            sentence.article.document.id,
            sentence.text,
            sentence.article.document.title,
            sentence.article.document.publisher,
            sentence.article.document.published,
        )
        for number, sentence in enumerate(sentences, start=1)
    ]
    claims = stream_claims(
        model, judgement.plan.text, numbered, compared.support, compared.same_name
    )
    shown: list[AnswerSentence] = []
    checked: Checked
    while True:
        try:
            claim = next(claims)
        except StopIteration as end:
            checked = end.value
            break
        cited = tuple(quoting.cite(sentences[number - 1]) for number in claim.citations)
        shown.append(AnswerSentence(claim.text, cited))
        yield shown[-1]
    if checked.failure is not None:
        log.warning("language model: %s", checked.failure)
    if not shown:
        yield checked.n_dropped
        return
    best = quoting.citations[shown[0].citations[0] - 1]
    place = next(
        place
        for place in places
        if judgement.sentences[place].article.document.id == best.document_id
        and judgement.sentences[place].stored.start == best.start
    )
    yield Answer(
        mode=AnswerMode.LLM,
        text=" ".join(sentence.text for sentence in shown),
        sentences=tuple(shown),
        span=answer_span(judgement, place, best.n),
        as_of=newest(quoting.citations),
        confidence=judgement.confidence,
        n_dropped=checked.n_dropped,
    )
