"""
Small trained networks in numpy: layers of weights, rectified between.

They are trained with torch (`search.training`) and need none of it here.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, npt.NDArray[Any]]


class Scaling(NamedTuple):
    """What features are shifted and divided by, and where they are cut off."""

    mean: Floats
    deviation: Floats
    most: float = 5.0

    def apply(self, values: Floats) -> Floats:
        """Return standardised values in ``[-most, most]``."""
        found: Floats = np.clip((values - self.mean) / self.deviation, -self.most, self.most)
        return found


class Network:
    """
    Fully connected layers with rectifiers between; several networks are averaged.

    Args:
        tensors: ``<name>.<member>.<layer>.weight`` float[out, in] and ``.bias`` float[out].
        name: Of the network in *tensors*.

    Raises:
        KeyError: There is no such network.
        ValueError: Its layers do not fit.
    """

    def __init__(self, tensors: Tensors, name: str) -> None:
        self._members: list[list[tuple[Floats, Floats]]] = []
        while f"{name}.{len(self._members)}.0.weight" in tensors:
            prefix = f"{name}.{len(self._members)}"
            layers: list[tuple[Floats, Floats]] = []
            while f"{prefix}.{len(layers)}.weight" in tensors:
                weight = np.asarray(tensors[f"{prefix}.{len(layers)}.weight"], np.float32)
                bias = np.asarray(tensors[f"{prefix}.{len(layers)}.bias"], np.float32)
                if weight.shape[0] != len(bias) or (
                    layers and weight.shape[1] != layers[-1][0].shape[0]
                ):
                    raise ValueError(f"layer {len(layers)} of {prefix} does not fit")
                layers.append((weight, bias))
            self._members.append(layers)
        if not self._members:
            raise KeyError(name)

    def __call__(self, values: Floats) -> Floats:
        """Return float32[n], the first output, for float32[n, d]."""
        return self.outputs(values)[:, 0]

    def outputs(self, values: Floats) -> Floats:
        """Return float32[n, n_outputs] for float32[n, d], the mean over the members."""
        total = np.zeros((len(values), len(self._members[0][-1][1])), np.float32)
        for layers in self._members:
            x = values
            for i, (weight, bias) in enumerate(layers):
                x = x @ weight.T + bias
                if i + 1 < len(layers):
                    x = np.maximum(x, 0)
            total += x
        total /= len(self._members)
        return total
