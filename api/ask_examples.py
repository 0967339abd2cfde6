"""
What ``/ask`` replies, for the description of the API; an article of the samples is quoted.
"""

from typing import Any

from api.ask_events import frame

QUOTE = "AI와 클라우드, 정보기술(IT) 분야에 함께 투자하기로 한 금액은 2조4000억원 규모다."
CITED = {
    "n": 1,
    "document_id": "kt-ms-01",
    "passage_id": "kt-ms-01#0",
    "title": "KT-MS 2조4000억원 협력, 무엇을 하나",
    "publisher": "미리내테크",
    "published": "2025-07-08T10:20:00+09:00",
    "url": "https://mirinae.example.net/articles/kt-ms-five-years",
    "start": 87,
    "end": 138,
    "quote": QUOTE,
}
SENTENCE = {"text": QUOTE, "citations": [1]}
EXAMPLE: dict[str, Any] = {
    "question": "KT와 마이크로소프트는 얼마를 투자하기로 했나?",
    "build": "20250901T030000000000Z-0123abcd",
    "answer": {
        "mode": "extractive",
        "text": QUOTE,
        "sentences": [SENTENCE],
        "answer_span": {"citation": 1, "start": 125, "end": 133, "text": "2조4000억원"},
        "as_of": "2025-07-08",
        "confidence": 0.93,
    },
    "citations": [CITED],
    "abstention": None,
    "hits": [],
    "timings_ms": {"total": 31.5, "answer": 12.1},
}
EVENTS_EXAMPLE = (
    frame("hits", {"hits": []})
    + frame("sentence", {"sentence": SENTENCE, "citations": [CITED]})
    + frame("answer", EXAMPLE)
)
