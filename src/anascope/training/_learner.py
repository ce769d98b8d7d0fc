"""What is trained of a run, and an epoch of it: steps, statistics and validation."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.optim.swa_utils import update_bn

from anascope.balancing import SharedFeatures, average_gradients, gather_rows
from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.models import build_network
from anascope.networks import JointUNet, Prediction, build_views, predict
from anascope.records import FieldRecord
from anascope.tasks import MultiTaskLoss, tasks_named
from anascope.training._balancer import build_balancer, end_epoch
from anascope.training._batch_norm import synchronise_batch_norm
from anascope.training._device import autocast, own_device
from anascope.training._events import StepDone, WeightLost
from anascope.training._history import Row
from anascope.training._learned import learned_heads
from anascope.training._optimizer import NetworkAdam
from anascope.training._parts import LearnedParts
from anascope.training._processes import Process
from anascope.training._run import Run
from anascope.training._state_copy import State
from anascope.training._tally import Tally
from anascope.training._vocabulary import vocabulary_of
from anascope.training._weight_average import WeightAverage
from anascope.training.inputs import Batch, PatchSampler, ResidentFields, augment
from anascope.workers import Watcher

_SHOW_EVERY = 5  # steps between two looks at losses, each of which waits for the device


class Learner:
    """The parts of a training, and what an epoch does with them.

    Args:
        run: Whose preset, cohort and patients they are.
        device: Of which kind it is done on.
        process: Which part of every batch is done here.
        watcher: Is told of steps.
    """

    def __init__(self, run: Run, device: torch.device, process: Process, watcher: Watcher) -> None:
        self.run = run
        self.preset = run.preset
        self.process = process
        self.watcher = watcher
        self.device = own_device(device)
        self.autocast = partial(autocast, self.device, self.preset.training.precision)
        cohort = run.open_cohort()
        self.tasks = tasks_named(self.preset.tasks)
        self.vocabulary = vocabulary_of(self.preset, cohort)
        learned_from = run.fold.records(cohort.fields, "train")
        self.learned = learned_heads(self.preset, cohort, learned_from, self.vocabulary)
        self.train = self._resident(cohort, learned_from)
        self.sampler = PatchSampler(self.train, self.preset.sampling)
        held_out = run.fold.records(cohort.fields, "validation")
        self.validation = self._resident(cohort, held_out) if held_out else None

        self.network = build_network(self.preset, self.vocabulary)
        self.network.to(self.device)
        if process.count > 1:
            synchronise_batch_norm(self.network, self.device)
        heads_alone = self.preset.training.learned == "heads"
        self.parts = LearnedParts(self.network, heads_alone=heads_alone)
        decay = self.preset.training.weight_average
        self.average = WeightAverage(self.network, decay) if decay else None
        self.criterion = MultiTaskLoss(self.preset.loss, self.tasks)
        balancer = build_balancer(
            self.preset.balancing,
            [task.name for task in self.tasks],
            self.network,
            seed=self.preset.training.seed,
        )
        self.balancer = balancer.to(self.device)
        if process.count > 1 and not self.balancer.divisible:
            name = self.preset.balancing.balancer
            raise InputError("devices", f"{process.count} with balancer '{name}'", "1 for this one")
        self.optimizer = NetworkAdam(self.parts.parameters, self.preset.training.learning_rate)
        self.weight_is_lost = False

    @property
    def saved_network(self) -> JointUNet:
        """The network that is validated and saved."""
        if self.average is None:
            return self.network
        assert isinstance(self.average.module, JointUNet)
        return self.average.module

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return -(-len(self.sampler) // self.preset.training.batch_size)

    def _epoch(self, epoch: int) -> Row:
        generator = torch.Generator().manual_seed(_epoch_seed(self.preset.training.seed, epoch))
        order = self.sampler.epoch(generator)
        batches = self.train.batches(self.preset.training.batch_size, order)
        tally = self._tally()
        started = time.perf_counter()
        self.parts.begin_training()
        for step, batch in enumerate(batches, start=1):
            self._set_learning_rate((epoch - 1) * self.steps + step - 1)
            losses = self._step(augment(batch, self.preset.augmentation, generator), tally)
            if step % _SHOW_EVERY == 0 or step == self.steps:
                self.balancer.check_finite()
                self._tell_of_lost_weights(epoch)
                weights = self.balancer.weights.tolist()
                self.watcher(StepDone(epoch, step, tuple(losses.tolist()), tuple(weights)))
        end_epoch(self.balancer)
        trained = tally.results()
        self._estimate_statistics(generator)
        seconds = time.perf_counter() - started
        validated = self._validate()
        return {
            "epoch": epoch,
            **{f"train_{key}": value for key, value in trained.items()},
            **{f"validation_{key}": value for key, value in validated.items()},
            **{
                f"weight_{task.name}": weight
                for task, weight in zip(self.tasks, self.balancer.weights.tolist(), strict=True)
            },
            "seconds": seconds,
            "patches_per_second": len(order) / seconds,
        }

    def _step(self, batch: Batch, tally: Tally) -> Tensor:
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast():
            image = self._views(batch)
            shared = SharedFeatures(self.network.encode(image))
            prediction = self.network.decode(shared.leaves, (image.shape[-2], image.shape[-1]))
            prediction = self._of_all(prediction, len(batch))
            losses = self.criterion(prediction, batch.targets)
        taught = self.parts.taught(self.balancer.tasks, batch.active)
        self.balancer.backward(losses, shared, taught)
        average_gradients(self.parts.parameters)
        self.optimizer.step()
        if self.average is not None:
            self.average.update_parameters(self.network)
        stacked = torch.stack([loss.detach() for loss in losses])
        tally.add(batch, prediction, stacked)
        return stacked

    def _tell_of_lost_weights(self, epoch: int) -> None:
        lost = () if self.weight_is_lost else self.balancer.lost_tasks()
        if lost:
            self.weight_is_lost = True
            self.watcher(WeightLost(epoch, lost))

    def _estimate_statistics(self, generator: torch.Generator) -> None:
        """Take batch normalisation's statistics anew, from many batches and one set of weights.

        The running averages are of the last ten batches or so, of weights that moved meanwhile,
        and a batch of few patches of few specimens is no fair sample: in evaluation such a
        network can fail altogether while it trains well (Wu, Johnson, "Rethinking 'Batch' in
        BatchNorm", 2021, section 3). Training itself does not depend on them.
        """
        if not self.parts.statistics:
            return
        size, count = self.preset.training.batch_size, self.preset.training.batch_norm_batches
        order = self.sampler.epoch(generator)[: size * count]
        if not order:
            return
        batches = self.train.batches(size, order)
        changed = (augment(batch, self.preset.augmentation, generator) for batch in batches)
        with self.autocast():
            update_bn(map(self._views, changed), self.saved_network)

    @torch.no_grad()
    def _validate(self) -> dict[str, float]:
        if self.validation is None:
            return {}
        tally = self._tally()
        self.saved_network.eval()
        for batch in self.validation.batches(self.preset.training.batch_size):
            with self.autocast():
                (own,) = predict(self.saved_network, self.preset.image, [self._rows(batch)])
                prediction = self._of_all(own, len(batch))
                losses = self.criterion(prediction, batch.targets)
            tally.add(batch, prediction, torch.stack(losses))
        return tally.results()

    def _views(self, batch: Batch) -> Tensor:
        """Return what the network sees of this process's rows."""
        image = self.preset.image
        signal, ranges = self._rows(batch)
        return build_views(signal, ranges, image.views, neighbourhood=image.neighbourhood)

    def _rows(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return signal and ranges of this process's rows.

        Every process makes the whole batch, and so draws the same changes to it: that is little
        beside the network, and it needs all truth to compute the losses of the whole.
        """
        rows = self.process.own_rows(len(batch))
        return batch.signal[rows], batch.ranges[rows]

    def _of_all(self, prediction: Prediction, total: int) -> Prediction:
        """Return what all processes predict for a batch of ``total`` rows, from their rows."""
        rows = self.process.rows(total)
        return {task: gather_rows(logits, rows) for task, logits in prediction.items()}

    def _set_learning_rate(self, step: int) -> None:
        training = self.preset.training
        rate = training.learning_rate
        if training.schedule == "cosine":
            total = training.epochs * self.steps
            rate *= 0.5 * (1 + math.cos(math.pi * step / total))
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def _resident(self, cohort: Cohort, records: Sequence[FieldRecord]) -> ResidentFields:
        return ResidentFields(
            cohort,
            records,
            image=self.preset.image,
            vocabulary=self.vocabulary,
            tasks=self.tasks,
            device=self.device,
        )

    def _tally(self) -> Tally:
        return Tally(self.tasks, self.preset.threshold, self.device)

    def learnt(self) -> State:
        """Return all that epochs change, as it is now; tensors are not copied."""
        state: State = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "balancer": self.balancer.state_dict(),
        }
        if self.average is not None:
            state["average"] = self.average.state_dict()
        return state

    def relearn(self, state: State) -> None:
        """Go back to what :meth:`learnt` has returned."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.balancer.load_state_dict(state["balancer"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])


def _epoch_seed(seed: int, epoch: int) -> int:
    return seed * 1_000_003 + epoch
