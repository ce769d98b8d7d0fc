"""Teach a trained network the head that answers for whole fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import (
    Model,
    build_network,
    load_model,
    read_card,
    save_model,
    without_field_head,
)
from anascope.networks import FieldHead
from anascope.records import FieldRecord
from anascope.settings import Section
from anascope.tasks import MIXTURE, PATTERN
from anascope.tasks.losses import intensity_loss, pattern_loss
from anascope.training.evaluation import read_whole_fields

_Positive = Annotated[float, Field(gt=0)]
_Count = Annotated[int, Field(ge=1)]
_BATCH = 64
_WEIGHT_DECAY = 1e-2
_LEAST_SCALE = 1e-3  # of what the head sees, over the fields
_TUNING_STEPS, _TUNING_RATE = 300, 1e-3
_PULL_OF_BIASES, _PULL_OF_WEIGHTS = 0.02, 2.0  # back to what they were, for the sum of squares


class FieldHeadSettings(Section):
    """How a field head learns (:func:`fit_field_head`)."""

    hidden: _Count = 128
    """Width of the hidden layer of a member."""
    members: _Count = 6
    """Heads that learn the same with other first weights and other fields left out by chance. What
    is kept is their mean, as one head whose hidden layer holds theirs side by side."""
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of its logarithms of probabilities in those of the field; the others are those of the
    dense head."""
    epochs: _Count = 60
    """Passes over as many fields as there are."""
    learning_rate: _Positive = 6e-3
    """Highest learning rate of its Adam, from which it falls to nothing along a cosine."""
    seed: int = 0


@dataclass(frozen=True)
class LabelledFields:
    """Fields that a field head learns from.

    Attributes:
        cohort: Where they are.
        records: Which ones; those without a pattern teach nothing.
        share: How often a field is one of these, relative to other cohorts.
        even: Whether each label among them is learned as often as the others.
    """

    cohort: Cohort
    records: Sequence[FieldRecord]
    share: float = 1.0
    even: bool = False


def fit_field_head(
    model: Path,
    fields: Sequence[LabelledFields],
    out: Path,
    *,
    settings: FieldHeadSettings | None = None,
    data: Mapping[str, Any] | None = None,
    accelerator: str = "auto",
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Write a model like another, with a field head that has learned from whole fields.

    The rest of the network stays as it is, and reads each field once.

    Args:
        model: Folder of a model with a dense head, and the tasks pattern, mixture and cells. If it
            has a field head, that is replaced.
        fields: What the head learns from.
        out: The new folder.
        settings: How it learns.
        data: What the card says of its data besides what it said before.
        accelerator: Of the network: ``cpu``, ``gpu`` or ``auto``.
        tell: Is told which cohort is read.

    Raises:
        InputError: if the network cannot have such a head, or a cohort has no field with a pattern.
    """
    settings = settings or FieldHeadSettings()
    with new_folder(out) as folder:
        trained = _with_new_head(model, settings, data or {})
        save_model(folder, trained)
        read = []
        for labelled in fields:
            tell(f"{labelled.cohort.info.name}: reading {len(labelled.records)} fields")
            read.append(_read(folder, labelled, accelerator))
        rows = _Rows(*map(torch.cat, zip(*read, strict=True)))
        head = trained.network.field_head
        assert head is not None  # it was made above
        _learn(head, rows, settings)
        save_model(folder, trained)


def tune_field_head(
    head: FieldHead, inputs: NDArray[np.float32], allowed: NDArray[np.bool_]
) -> FieldHead:
    """Return a field head whose last layer has learned from fields of a laboratory.

    Ten fields are enough, because every weight is pulled back to what it was. Only the pattern is
    learned. The strength of the pull was chosen on MIVIA and I3A, with 10, 20 and 40 specimens of
    each, for a network that had seen drawn specimens alone.

    Args:
        head: It stays as it is.
        inputs: What it answers from, (fields, inputs), as engines give it with each field.
        allowed: Which classes the label of each field allows, (fields, classes).
    """
    tuned = deepcopy(head)
    rows, labels = torch.from_numpy(inputs), torch.from_numpy(allowed)
    with torch.no_grad():
        hidden = tuned.last(tuned.features(rows))
    weight, bias = tuned.out.weight, tuned.out.bias
    before = weight.clone(), bias.clone()
    with torch.enable_grad():
        tuned.out.requires_grad_(True)
        optimizer = torch.optim.Adam([weight, bias], _TUNING_RATE)
        for _ in range(_TUNING_STEPS):
            logits = tuned.joined(tuned.out(hidden), rows)[:, : tuned.classes]
            pull = _PULL_OF_WEIGHTS * (weight - before[0]).square().sum()
            pull = pull + _PULL_OF_BIASES * (bias - before[1]).square().sum()
            loss = pattern_loss(logits, labels) + pull
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    tuned.requires_grad_(False)
    return tuned


def _with_new_head(folder: Path, settings: FieldHeadSettings, data: Mapping[str, Any]) -> Model:
    """Return a model with a field head that has learned nothing."""
    card = read_card(folder)
    network = card.preset.network.model_copy(
        update={"field_hidden": settings.hidden * settings.members}
    )
    # Validated anew: not every network can have such a head.
    try:
        preset = type(card.preset).model_validate(
            {**card.preset.model_dump(), "network": network.model_dump()}
        )
    except ValueError:
        wanted = "a network with head dense, and the tasks pattern, mixture and cells"
        raise InputError(folder, "a network that cannot have a field head", wanted) from None
    built = build_network(preset, card.vocabulary, pretrained=False)
    kept = without_field_head(load_model(folder).network.state_dict())
    built.load_state_dict(kept, strict=False)
    return Model(
        built.eval(), card.model_copy(update={"preset": preset, "data": {**card.data, **data}})
    )


@dataclass(frozen=True)
class _Rows:
    """One row a field.

    Attributes:
        inputs: What the head answers from, (fields, inputs).
        patterns: As :meth:`~anascope.tasks.PatternTask.target`, (fields, classes), uint8.
        mixtures: As :meth:`~anascope.tasks.MixtureTask.target`, (fields, 1).
        often: How often each is learned from, relative to the others, (fields,).
    """

    inputs: Tensor
    patterns: Tensor
    mixtures: Tensor
    often: Tensor


def _read(
    folder: Path, fields: LabelledFields, accelerator: str
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the columns of :class:`_Rows` for some fields."""
    vocabulary = read_card(folder).vocabulary
    labelled = [record for record in fields.records if record.serum is not None]
    inputs, patterns, mixtures, labels = [], [], [], []
    for record, output, _ in read_whole_fields(
        folder, fields.cohort, labelled, accelerator=accelerator
    ):
        inputs.append(output.field_inputs)
        patterns.append(PATTERN.target(record, vocabulary).astype(np.uint8))
        mixtures.append(MIXTURE.target(record, vocabulary))
        labels.append(record.serum)
    if not inputs:
        raise InputError(fields.cohort.path, "no field with a pattern", "some to learn from")
    often = np.ones(len(labels))
    if fields.even:
        _, inverse, counts = np.unique(np.array(labels), return_inverse=True, return_counts=True)
        often = 1 / counts[inverse]
    columns: list[NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.float64]] = [
        np.array(inputs),
        np.array(patterns),
        np.array(mixtures),
        fields.share * often / often.sum(),
    ]
    first, second, third, fourth = map(torch.from_numpy, columns)
    return first, second, third, fourth


def _learn(head: FieldHead, rows: _Rows, settings: FieldHeadSettings) -> None:
    """Train the members of a field head, on the CPU, and put them together."""
    features = head.features(rows.inputs)
    weight = (rows.often / rows.often.sum()).float()[:, None]
    centre = (features * weight).sum(dim=0)
    scale = ((features - centre).square() * weight).sum(dim=0).sqrt() + _LEAST_SCALE
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(settings.seed)
        members = []
        for _ in range(settings.members):
            member = FieldHead(head.channels, head.classes, settings.hidden)
            member.centre.copy_(centre)
            member.scale.copy_(scale)
            _train(member, features, rows, settings)
            members.append(member)
    for tensor, values in (
        (head.centre, centre),
        (head.scale, scale),
        (head.share, torch.tensor(settings.share)),
        (head.hidden.weight, torch.cat([member.hidden.weight for member in members])),
        (head.hidden.bias, torch.cat([member.hidden.bias for member in members])),
        (head.out.weight, torch.cat([member.out.weight for member in members], 1) / len(members)),
        (head.out.bias, torch.stack([member.out.bias for member in members]).mean(dim=0)),
    ):
        tensor.copy_(values)


def _train(member: FieldHead, features: Tensor, rows: _Rows, settings: FieldHeadSettings) -> None:
    """Train a member from what it sees of fields."""
    steps = -(-len(features) // _BATCH)
    member.requires_grad_(True).train()
    optimizer = torch.optim.AdamW(
        member.parameters(), settings.learning_rate, weight_decay=_WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=settings.epochs * steps
    )
    for _ in range(settings.epochs):
        drawn = torch.multinomial(rows.often, steps * _BATCH, replacement=True)
        for batch in drawn.split(_BATCH):
            answer = member.answer(features[batch])
            loss = pattern_loss(answer.pattern, rows.patterns[batch])
            loss = loss + intensity_loss(answer.mixture, rows.mixtures[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    member.requires_grad_(False).eval()
