"""
What is said where there is no answer, in the language of the question.
"""

from collections.abc import Sequence

from search.answer_records import Reason

_MESSAGES = {
    "ko": {
        Reason.NO_HITS: "이 아카이브에서 질문과 맞는 기사를 찾지 못했습니다.",
        Reason.LOW_EVIDENCE: "이 아카이브의 기사에서 답이 되는 문장을 확인하지 못했습니다. "
        "가까운 기사만 보여 드립니다.",
        Reason.MISSING_ENTITY: "이 아카이브의 어느 기사에도 나오지 않는 말이 질문에 있습니다: "
        "{names}.",
        Reason.EMPTY_CORPUS: "아카이브에 기사가 없습니다.",
    },
    "en": {
        Reason.NO_HITS: "No article of this archive matches the question.",
        Reason.LOW_EVIDENCE: "No sentence of this archive was found that answers the question. "
        "The nearest articles are shown.",
        Reason.MISSING_ENTITY: "The question names what no article of this archive holds: {names}.",
        Reason.EMPTY_CORPUS: "The archive holds no articles.",
    },
}


def message(reason: Reason, language: str, names: Sequence[str]) -> str:
    """
    Return one or two sentences for the reader.

    Args:
        reason: Why there is no answer.
        language: ``ko`` or ``en``.
        names: What is missing, for `Reason.MISSING_ENTITY`.
    """
    return _MESSAGES[language][reason].format(names=", ".join(names))
