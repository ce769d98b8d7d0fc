"""Jacobian descent: the gradients of the tasks are aggregated, not their losses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from anascope.balancing._aggregators import chance_from, make_aggregator, weights_of_rows
from anascope.balancing._base import Balancer, Step
from anascope.balancing._graph import is_scaled
from anascope.balancing._jacobian_rows import check_complete, or_zeros, row_at_parameters
from anascope.balancing._processes import mean_over_processes, process_count
from anascope.errors import InputError, did_you_mean


class JacobianDescent(Balancer):
    r"""Jacobian descent (Quinton, Rey, 2024) with the aggregators of TorchJD.

    With :math:`g_i = \partial L_i / \partial \theta`, the gradient of task :math:`i` of :math:`T`
    for the shared parameters :math:`\theta`, the rows of the Jacobian :math:`J`, a step gives

    * :math:`\theta` the gradient :math:`A(J)`, where the aggregator :math:`A` settles conflicts
      between the rows. Nearly all are :math:`A(J) = \sum_i w_i g_i` with weights from the Gramian
      matrix :math:`J J^\top`; a row that is alone, as the others have no labels, is taken as it is;
    * the parameters of each head the plain gradient of its own task.

    **Through the cut.** Let :math:`F_k` be the shared outputs. Heads run on the detached leaves, so
    back-propagating :math:`L_i` gives the partial derivatives :math:`\partial L_i / \partial F_k`
    and nothing that goes from one output into a deeper one. One backward pass from all outputs
    makes :math:`g_i` of them, exact for a U-Net too, whose skips the embedding is computed from.
    (``torchjd.mtl_backward``, given such outputs as features, counts these paths twice or fails;
    it is right if the heads get a clone of each.) No ``vmap`` is used, so parts may be compiled,
    each by itself; ``at="parameters"`` needs ``torch._functorch.config.donated_buffer = False``
    for that.

    **Cost.** With ``at="parameters"`` a step needs :math:`T` backward passes through the shared
    part, and memory for :math:`T` gradients of :math:`\theta`. ``at="features"`` takes the rows
    :math:`\partial L_i / \partial F`, over all outputs, instead: one backward pass, but memory for
    :math:`T` gradients of the feature maps. This is the upper bound of MGDA-UB (Sener, Koltun,
    NeurIPS 2018): :math:`\lVert \sum_i w_i g_i \rVert \leq \lVert \partial F / \partial \theta
    \rVert \, \lVert \sum_i w_i \, \partial L_i / \partial F \rVert`. The gradient is again
    :math:`\sum_i w_i g_i`, but tasks that agree at the features may conflict at the parameters, and
    guarantees such as UPGrad's hold for the features only.

    **Elsewhere.** TorchJD takes a Jacobian whose squared norm is under 1e-4 for zero; here
    aggregators that are known by name get the Gramian matrix divided by its trace, which changes no
    other result, as they do not depend on its scale. Chance (``pcgrad``, ``graddrop``, ``random``)
    comes from ``seed`` and the number of the step, so that a resumed training goes on alike.

    Args:
        tasks: Names of the tasks.
        aggregator: A name in ``AGGREGATORS``; or an aggregator of TorchJD with settings of your own
            (what it remembers is not in ``state_dict``, and if it weighs the rows, it may look at
            nothing but their inner products).
        shared_parameters: :math:`\theta`, all parameters that the shared outputs are computed
            from; ``at="features"`` needs none.
        at: ``parameters``, exact; or ``features``, cheap. Not for ``graddrop``, which draws
            anew for each element.
        seed: Seed of the aggregator's random numbers.

    Raises:
        InputError: if the aggregator is unknown, what it needs is not installed, or it does not go
            with ``at``; in the first step, if a shared parameter is missing.

    Attributes:
        weights: (tasks,) :math:`w_i` of the last step, for :math:`\theta` alone; they sum to
            whatever the aggregator makes of them (UPGrad without conflict: 1). They stay 1 for
            ``graddrop``, which has none.
    """

    divisible: ClassVar[bool] = True

    def __init__(
        self,
        tasks: Sequence[str],
        aggregator: str | nn.Module = "upgrad",
        shared_parameters: Iterable[nn.Parameter] = (),
        *,
        at: Literal["parameters", "features"] = "parameters",
        seed: int = 0,
    ) -> None:
        super().__init__(tasks)
        if at not in ("parameters", "features"):
            raise InputError(
                "Jacobian descent at", f"'{at}'", did_you_mean(at, ("parameters", "features"))
            )
        self._name = aggregator if isinstance(aggregator, str) else None
        self.at = at
        self.seed = seed
        self._aggregator: Any = (
            make_aggregator(aggregator, len(self.tasks))
            if isinstance(aggregator, str)
            else aggregator
        )
        # Held in a tuple: as attributes they would become parameters of this module as well.
        self._shared = (tuple(shared_parameters),)
        if at == "parameters" and not self._shared[0]:
            raise InputError("Jacobian descent", "no shared parameters", "those of the encoder")
        if at == "features" and not hasattr(self._aggregator, "weighting"):
            raise InputError(
                "Jacobian descent at features", f"{aggregator}", "an aggregator with weights"
            )
        self._steps = 0

    def reset(self) -> None:
        super().reset()
        self._steps = 0
        if hasattr(self._aggregator, "reset"):
            self._aggregator.reset()

    def _step(self, step: Step) -> None:
        losses, chosen, shared, scale = step
        before = self.weights.clone(), self.get_extra_state()
        if self._steps == 0 and self.at == "parameters":
            check_complete(shared.outputs, self._shared[0])
        parameters = [p for p in self._shared[0] if p.requires_grad]
        rows = []
        for loss in losses:
            for leaf in shared.leaves:
                leaf.grad = None
            (loss * scale).backward()
            if self.at == "features":
                rows.append([or_zeros(leaf.grad, leaf) for leaf in shared.leaves])
            else:
                rows.append(row_at_parameters(shared, parameters, keep=loss is not losses[-1]))
        jacobian = [torch.stack(column) for column in zip(*rows, strict=True)]
        with torch.no_grad():
            gradients = self._aggregate(jacobian, chosen, scale)
        self._steps += 1
        if self.at == "features":
            for leaf, gradient in zip(shared.leaves, gradients, strict=True):
                leaf.grad = gradient
            shared.backward()
        else:
            for leaf in shared.leaves:
                leaf.grad = None
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
        if is_scaled(scale):
            self._take_back(self._values(step).isfinite().all(), *before)

    @torch.no_grad()
    def _take_back(self, sound: Tensor, weights: Tensor, state: dict[str, Any]) -> None:
        """Put back what was there before the step unless it was ``sound``."""
        self.weights.copy_(torch.where(sound, self.weights, weights))
        # Only Nash-MTL remembers more; its solver has waited for the device already.
        if self._name == "nash-mtl" and not sound:
            self.set_extra_state(state)

    def _aggregate(
        self, jacobian: list[Tensor], chosen: Sequence[int], scale: float | Tensor
    ) -> list[Tensor]:
        """Return the aggregated gradient, a tensor for each (tasks, ...) of the Jacobian."""
        if self.at == "parameters":
            jacobian = [mean_over_processes(rows, self.group) for rows in jacobian]
        if len(chosen) == 1:
            self.weights[chosen[0]] = 1.0
            return [rows[0] for rows in jacobian]
        aggregator = self._aggregator
        if self._name == "nash-mtl" and len(chosen) < len(self.tasks):
            aggregator = make_aggregator(self._name, len(chosen))  # its size is fixed
        if not hasattr(aggregator, "weighting"):
            with chance_from(self.seed + self._steps, jacobian[0].device):
                matrix = torch.cat([self._flat(rows) for rows in jacobian], dim=1)
                vector = aggregator(matrix.div_(scale)) * scale
            vectors = vector.split([rows[0].numel() for rows in jacobian])
            return [
                piece.view_as(rows[0]).to(rows.dtype)
                for piece, rows in zip(vectors, jacobian, strict=True)
            ]
        weights = self._weigh(aggregator, jacobian, scale)
        for weight, index in zip(weights, chosen, strict=True):
            self.weights[index] = torch.where(weight.isfinite(), weight, self.weights[index])
        return [(weights @ self._flat(rows)).view_as(rows[0]).to(rows.dtype) for rows in jacobian]

    def _weigh(self, aggregator: Any, jacobian: list[Tensor], scale: float | Tensor) -> Tensor:
        """Return the weights of the rows: NaN if the Jacobian is not finite."""
        flat = [self._flat(rows) for rows in jacobian]
        gramian = torch.stack([rows @ rows.T for rows in flat]).sum(dim=0)
        if self.at == "features":
            # The rows are spread over the processes, each with its part of the batch.
            gramian = mean_over_processes(gramian, self.group) / process_count(self.group)
        gramian = gramian / scale**2
        with chance_from(self.seed + self._steps, gramian.device):
            return weights_of_rows(aggregator, gramian, scaled=self._name is not None)

    def _flat(self, rows: Tensor) -> Tensor:
        """Return (tasks, numbers), at least as exact as the weights."""
        return rows.flatten(1).to(torch.promote_types(rows.dtype, self.weights.dtype))

    def get_extra_state(self) -> dict[str, Any]:
        """Return the number of steps, and the state from which Nash-MTL continues."""
        nash = self._aggregator.weighting.prvs_alpha if self._name == "nash-mtl" else []
        return {"steps": self._steps, "nash": [float(value) for value in nash]}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`get_extra_state` returned."""
        self._steps = state["steps"]
        if self._name == "nash-mtl":
            self._aggregator.reset()
            start = torch.tensor(state["nash"], dtype=torch.float64)
            self._aggregator.weighting.prvs_alpha = start.numpy()
