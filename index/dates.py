"""
Publication dates as newspapers and portals write them.

Only full dates are understood, and strictly: a general date parser fills what is
missing with today's day, which would file an article under a wrong date silently.
"""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")

_NO_DATE = frozenset({"", "-", "null", "none", "nan", "n/a", "nil", "0000-00-00"})

_WRITTEN = re.compile(
    r"""(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[.일]?\s*
        (?:\([월화수목금토일]\)|[월화수목금토일]요일)?[\s,T]*
        (?:(?P<half>오전|오후|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:시]\s*(?P<minute>\d{1,2})\s*분?
           (?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*초?)?
           (?:\s*(?P<half_after>AM|PM))?
           \s*(?P<zone>Z|KST|[+-]\d{2}:?\d{2})?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")


def parse_published(value: object) -> str | None:
    """
    Read a publication date.

    Understood: ISO 8601, ``2025.08.05.``, ``2025년 8월 5일 오후 2:01``, ``20250805``,
    ``202508051401``, RFC 2822, and epoch seconds or milliseconds. Where no zone is
    given the time is Asia/Seoul; a date alone is its midnight.

    Args:
        value: What the record holds; empty values and ``-`` or ``null`` mean no date.

    Returns:
        ISO 8601 in Asia/Seoul to the second, or None where there is no date.

    Raises:
        ValueError: The value is there but is no date that can be read for sure.
    """
    if value is None:
        return None
    text = str(value).strip()
    if text.lower() in _NO_DATE:
        return None
    try:
        moment = _parse(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SEOUL)
        return moment.astimezone(SEOUL).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError, OSError, TypeError, IndexError) as cause:
        shown = text if len(text) <= 40 else text[:40] + "..."
        raise ValueError(f"date {shown!r} is not understood") from cause


def seoul_day(published: str) -> int:
    """Return the proleptic ordinal of the Asia/Seoul day of an ISO date with offset."""
    return datetime.fromisoformat(published).astimezone(SEOUL).date().toordinal()


def parse_day(value: str) -> int:
    """
    Read a day of a filter, ``YYYY-MM-DD``, as a proleptic ordinal.

    Raises:
        ValueError: *value* is not such a day.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"{value!r} is not a day; write it as YYYY-MM-DD")
    return date.fromisoformat(value).toordinal()


def _parse(text: str) -> datetime:
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)
    if compact := _COMPACT.fullmatch(text):
        return datetime(*(int(part) for part in compact.groups(default="0")))  # type: ignore[arg-type]
    if written := _WRITTEN.fullmatch(text):
        return _from_parts(written.groupdict())
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _from_parts(parts: dict[str, str | None]) -> datetime:
    numbers = {
        name: int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    }
    half = (parts["half"] or parts["half_after"] or "").upper()
    if half:
        if not 1 <= numbers["hour"] <= 12:
            raise ValueError("hour outside 1-12 with a half of the day")
        numbers["hour"] = numbers["hour"] % 12 + (12 if half in ("오후", "PM") else 0)
    moment = datetime(**numbers)  # type: ignore[arg-type]
    zone = (parts["zone"] or "").upper()
    if zone in ("", "KST"):
        return moment.replace(tzinfo=SEOUL)
    return datetime.fromisoformat(moment.isoformat() + zone)
