"""Dates are read strictly, and told in Asia/Seoul."""

import pytest

from index.dates import parse_day, parse_published, seoul_day


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2025-08-05T14:01:00+09:00", "2025-08-05T14:01:00+09:00"),
        ("2025-08-05T05:01:00Z", "2025-08-05T14:01:00+09:00"),
        ("2025-08-05T20:01:00-05:00", "2025-08-06T10:01:00+09:00"),
        ("2025-08-05T14:01:00.123456", "2025-08-05T14:01:00+09:00"),
        ("2025-08-05 14:01:59", "2025-08-05T14:01:59+09:00"),
        ("2025-08-05 14:01 KST", "2025-08-05T14:01:00+09:00"),
        ("2025-08-05 14:01 +0000", "2025-08-05T23:01:00+09:00"),
        ("2025-08-05", "2025-08-05T00:00:00+09:00"),
        ("2025.08.05.", "2025-08-05T00:00:00+09:00"),
        ("2025. 8. 5.", "2025-08-05T00:00:00+09:00"),
        ("2025/8/5", "2025-08-05T00:00:00+09:00"),
        ("2025.08.05. 오후 2:01", "2025-08-05T14:01:00+09:00"),
        ("2025.08.05 (화) 14:01", "2025-08-05T14:01:00+09:00"),
        ("2025년 8월 5일", "2025-08-05T00:00:00+09:00"),
        ("2025년 8월 5일 오후 2:01", "2025-08-05T14:01:00+09:00"),
        ("2025년 8월 5일 화요일 오전 12시 30분", "2025-08-05T00:30:00+09:00"),
        ("2025년 8월 5일 오후 12시 30분 15초", "2025-08-05T12:30:15+09:00"),
        ("2025-08-05 2:01 PM", "2025-08-05T14:01:00+09:00"),
        ("20250805", "2025-08-05T00:00:00+09:00"),
        ("202508051401", "2025-08-05T14:01:00+09:00"),
        ("20250805140159", "2025-08-05T14:01:59+09:00"),
        ("Tue, 05 Aug 2025 14:01:00 +0900", "2025-08-05T14:01:00+09:00"),
        ("Tue, 05 Aug 2025 05:01:00 GMT", "2025-08-05T14:01:00+09:00"),
        ("1754370060", "2025-08-05T14:01:00+09:00"),
        ("1754370060123", "2025-08-05T14:01:00+09:00"),
        (1754370060, "2025-08-05T14:01:00+09:00"),
        (20250805, "2025-08-05T00:00:00+09:00"),
        ("  2025-08-05  ", "2025-08-05T00:00:00+09:00"),
        ("1988-05-08T12:00:00Z", "1988-05-08T22:00:00+10:00"),  # summer time of that year
    ],
)
def test_a_date_is_told_in_seoul(written: object, published: str) -> None:
    assert parse_published(written) == published


@pytest.mark.parametrize(
    "written", [None, "", "  ", "-", "null", "None", "N/A", "nan", "0000-00-00"]
)
def test_a_placeholder_is_no_date(written: object) -> None:
    assert parse_published(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "어제",
        "3시간 전",
        "14:01",
        "2025-08",
        "2025",
        "8월 5일",
        "2025-13-01",
        "2025-02-29",
        "20250230",
        "2025.08.05. 오후 14:01",
        "2025.08.05. 오전 0:01",
        "2025-08-05 25:00",
        "2025-08-05 14:01:00 +99:00",
        "9999-12-31T23:00:00-09:00",
        "0001-01-01T00:00:00+23:00",
        "2025-08-05 그리고",
        True,
        [2025, 8, 5],
        {"year": 2025},
    ],
)
def test_what_is_no_full_date_is_refused_not_guessed(written: object) -> None:
    with pytest.raises(ValueError, match=r"^date .+ is not understood$"):
        parse_published(written)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ValueError, match=r"^date 'x{40}\.\.\.' is not understood$"):
        parse_published("x" * 5_000)


def test_a_day_is_that_of_seoul() -> None:
    assert seoul_day("2025-08-05T00:00:00+09:00") == parse_day("2025-08-05")
    assert seoul_day("2025-08-04T15:00:00+00:00") == parse_day("2025-08-05")
    assert seoul_day("2025-08-04T14:59:59+00:00") == parse_day("2025-08-04")


@pytest.mark.parametrize("value", ["2025-8-5", "20250805", "2025-08-05T00:00", "", "오늘"])
def test_a_filter_day_has_one_spelling(value: str) -> None:
    with pytest.raises(ValueError, match="is not a day; write it as YYYY-MM-DD"):
        parse_day(value)


def test_a_filter_day_exists() -> None:
    with pytest.raises(ValueError, match="day"):
        parse_day("2025-02-30")
