"""Small networks: values by hand, against plain loops, and tensors that do not fit."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from search.network import Network, Scaling

Array = npt.NDArray[np.float32]


def of(*rows: list[float]) -> Array:
    return np.array(rows, np.float32)


def network_tensors(*members: list[tuple[Array, Array]], name: str = "ranker") -> dict[str, Array]:
    return {
        f"{name}.{member}.{layer}.{part}": values
        for member, layers in enumerate(members)
        for layer, both in enumerate(layers)
        for part, values in zip(("weight", "bias"), both, strict=True)
    }


def test_one_layer_is_a_weighted_sum() -> None:
    network = Network(network_tensors([(of([2, -3]), np.array([0.5]))]), "ranker")
    assert network(of([1, 1], [2, 0], [0, 4])).tolist() == [-0.5, 4.5, -11.5]


def test_between_layers_nothing_is_negative() -> None:
    hidden = (of([1, 0], [-1, 0], [0, 1]), np.array([0, 0, -2], np.float32))
    last = (of([1, 10, 100]), np.array([-7], np.float32))
    network = Network(network_tensors([hidden, last]), "ranker")
    # (3, 5): 3, 0, 3 -> 3 + 300 - 7; (-3, 1): 0, 3, 0 -> 30 - 7. The last value may be negative.
    assert network(of([3, 5], [-3, 1], [0, 0])).tolist() == [296, 23, -7]


def test_members_are_averaged() -> None:
    members = [[(of([weight]), np.array([bias], np.float32))] for weight, bias in ((1, 0), (5, 3))]
    assert Network(network_tensors(*members), "ranker")(of([2], [-1])).tolist() == [7.5, -1.5]


def test_several_outputs_are_given_side_by_side_and_the_first_alone() -> None:
    members = [[(of([k], [-k]), np.array([0, 1], np.float32))] for k in (1, 3)]
    network = Network(network_tensors(*members), "ranker")
    assert network.outputs(of([2], [-1])).tolist() == [[4, -3], [-2, 3]]
    assert network(of([2], [-1])).tolist() == [4, -2]


def test_networks_of_one_file_are_told_apart() -> None:
    one = network_tensors([(of([1]), np.zeros(1, np.float32))], name="spans")
    two = network_tensors([(of([2]), np.zeros(1, np.float32))], name="spans.more")
    assert Network(one | two, "spans")(of([3])).tolist() == [3]
    assert Network(one | two, "spans.more")(of([3])).tolist() == [6]


@pytest.mark.parametrize("widths", [(4, 1), (3, 8, 1), (6, 5, 4, 1)])
@pytest.mark.parametrize("n_members", [1, 3])
def test_values_are_those_of_plain_loops(widths: tuple[int, ...], n_members: int) -> None:
    random = np.random.default_rng(7)
    members = [
        [
            (
                random.normal(size=(out, width)).astype(np.float32),
                random.normal(size=out).astype(np.float32),
            )
            for width, out in pairwise(widths)
        ]
        for _ in range(n_members)
    ]
    values = random.normal(size=(9, widths[0])).astype(np.float32)

    def by_loops(row: list[float]) -> float:
        total = 0.0
        for layers in members:
            x = row
            for place, (weight, bias) in enumerate(layers):
                x = [
                    sum(w * v for w, v in zip(out, x, strict=True)) + b
                    for out, b in zip(weight.tolist(), bias.tolist(), strict=True)
                ]
                x = x if place == len(layers) - 1 else [max(v, 0.0) for v in x]
            total += x[0]
        return total / n_members

    found = Network(network_tensors(*members), "ranker")(values)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [by_loops(row) for row in values.tolist()], rtol=1e-4)


def test_half_precision_on_disk_is_read_as_single() -> None:
    tensors = {
        name: values.astype(np.float16)
        for name, values in network_tensors([(of([0.5, 0.25]), np.ones(1, np.float32))]).items()
    }
    found = Network(tensors, "ranker")(of([1, 2]))
    assert found.dtype == np.float32
    assert found.tolist() == [2.0]


def test_no_rows_give_no_values() -> None:
    network = Network(network_tensors([(of([2, -3]), np.zeros(1, np.float32))]), "ranker")
    assert network(np.zeros((0, 2), np.float32)).shape == (0,)


def test_values_that_are_given_stay_as_they_are() -> None:
    layers = [(of([-1]), np.zeros(1, np.float32)), (of([1]), np.zeros(1, np.float32))]
    values = of([2], [-2])
    Network(network_tensors(layers), "ranker")(values)
    assert values.tolist() == [[2], [-2]]


@pytest.mark.parametrize("name", ["ranke", "ranker.0", "spans", ""])
def test_a_network_that_is_not_there_is_named(name: str) -> None:
    tensors = network_tensors([(of([1]), np.zeros(1, np.float32))])
    with pytest.raises(KeyError, match=f"^'{name}'$"):
        Network(tensors, name)


def test_a_missing_bias_is_named() -> None:
    with pytest.raises(KeyError, match=r"ranker\.0\.0\.bias"):
        Network({"ranker.0.0.weight": of([1])}, "ranker")


@pytest.mark.parametrize(
    ("layers", "place"),
    [
        ([(of([1, 2]), np.zeros(2, np.float32))], 0),
        ([(of([1], [2]), np.zeros(2, np.float32)), (of([1, 2, 3]), np.zeros(1, np.float32))], 1),
    ],
    ids=["bias", "width"],
)
def test_layers_that_do_not_fit_are_refused(layers: list[tuple[Array, Array]], place: int) -> None:
    right = [(of([1]), np.zeros(1, np.float32))]
    with pytest.raises(ValueError, match=rf"layer {place} of ranker\.1 does not fit"):
        Network(network_tensors(right, layers), "ranker")


def test_values_of_another_width_are_refused() -> None:
    network = Network(network_tensors([(of([2, -3]), np.zeros(1, np.float32))]), "ranker")
    with pytest.raises(ValueError, match="mismatch"):
        network(of([1, 2, 3]))


def test_scaling_shifts_divides_and_cuts_off() -> None:
    scaling = Scaling(np.array([10, 0], np.float32), np.array([2, 0.5], np.float32))
    values = of([14, 0.5], [100, -100], [10, 2.5])
    assert scaling.apply(values).tolist() == [[2, 1], [5, -5], [0, 5]]
    assert scaling._replace(most=1.5).apply(of([14, -0.5])).tolist() == [[1.5, -1]]
