"""Every error of the tree has an outcome, and the tree is drawn as it is."""

from collections.abc import Iterator

import pytest

from api.errors import EXIT_FAILED, EXIT_NO_INDEX, EXIT_USAGE, OUTCOMES, outcome_of
from index import errors
from index.errors import DocumentNotFound, GisaError, IndexUnavailable, InputError


def tree(kind: type[GisaError]) -> Iterator[type[GisaError]]:
    """Yield a class and all below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


CLASSES = [kind for kind in tree(GisaError) if kind.__module__ == errors.__name__]


def test_the_table_has_exactly_the_classes_of_the_tree() -> None:
    assert set(OUTCOMES) == set(CLASSES)


@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_is_drawn_below_its_parent(kind: type[GisaError]) -> None:
    drawing = str(errors.__doc__).splitlines()
    places = {
        word: (number, line.index(word))
        for number, line in enumerate(drawing)
        for word in line.split()[:3]
        if word.isidentifier() and hasattr(errors, word)
    }
    line, indent = places[kind.__name__]
    if kind is not GisaError:
        [parent] = kind.__bases__
        above, parent_indent = places[parent.__name__]
        assert above < line
        assert parent_indent < indent


@pytest.mark.parametrize("kind", CLASSES)
def test_outcomes_agree_with_the_kind_of_error(kind: type[GisaError]) -> None:
    outcome = OUTCOMES[kind]
    assert outcome.exit_code in (EXIT_FAILED, EXIT_USAGE, EXIT_NO_INDEX)
    assert 400 <= outcome.status < 600
    if issubclass(kind, IndexUnavailable):
        assert (outcome.exit_code, outcome.status) == (EXIT_NO_INDEX, 503)
    if issubclass(kind, InputError):
        assert outcome.status < 500


def test_problem_types_are_distinct() -> None:
    assert len({outcome.problem for outcome in OUTCOMES.values()}) == len(OUTCOMES)


def test_an_error_takes_the_outcome_of_the_nearest_class() -> None:
    class NewKind(DocumentNotFound):
        pass

    assert outcome_of(NewKind("x")) == OUTCOMES[DocumentNotFound]
