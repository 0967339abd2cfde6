"""
One table: error class -> exit code of the command line, status and problem of HTTP.
"""

from typing import NamedTuple

from index.errors import (
    BuildFailed,
    BuildLocked,
    DocumentNotFound,
    GisaError,
    IndexCorrupt,
    IndexIncompatible,
    IndexUnavailable,
    InputError,
    LanguageModelFailed,
    ModelUnavailable,
    NoIndex,
    RecordRejected,
)

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NO_INDEX = 3


class Outcome(NamedTuple):
    """What an error becomes: an exit code, an HTTP status, and a problem (RFC 9457)."""

    exit_code: int
    status: int
    problem: str
    title: str


OUTCOMES: dict[type[GisaError], Outcome] = {
    GisaError: Outcome(EXIT_FAILED, 500, "internal", "Internal error"),
    InputError: Outcome(EXIT_USAGE, 422, "invalid-input", "Invalid input"),
    DocumentNotFound: Outcome(EXIT_FAILED, 404, "document-not-found", "No such article"),
    RecordRejected: Outcome(EXIT_FAILED, 422, "record-rejected", "Record rejected"),
    BuildLocked: Outcome(EXIT_FAILED, 409, "build-locked", "Another build is running"),
    BuildFailed: Outcome(EXIT_FAILED, 500, "build-failed", "Build failed"),
    IndexUnavailable: Outcome(EXIT_NO_INDEX, 503, "index-unavailable", "No usable index"),
    NoIndex: Outcome(EXIT_NO_INDEX, 503, "no-index", "No index"),
    IndexCorrupt: Outcome(EXIT_NO_INDEX, 503, "index-corrupt", "Damaged index"),
    IndexIncompatible: Outcome(
        EXIT_NO_INDEX, 503, "index-incompatible", "Index of another program"
    ),
    ModelUnavailable: Outcome(EXIT_FAILED, 503, "model-unavailable", "Model cannot be loaded"),
    LanguageModelFailed: Outcome(
        EXIT_FAILED, 502, "language-model-failed", "Language model gave no reply"
    ),
}
PROBLEM_PREFIX = "urn:gisa:problem:"


def outcome_of(error: GisaError) -> Outcome:
    """Return the outcome of the nearest class in the table."""
    return next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)
