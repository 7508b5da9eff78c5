"""Tellings and records of the same trouble -> an adapter that brings the former's vectors to the latter's.

Records keep the vectors that the model gives passages, so an index need not be built anew; only what is asked is read
through the adapter (`ingest.query_adapter`). The loss is the cross entropy of a telling's own record among all records,
as in contrastive training with the whole collection for negatives (van den Oord et al., 2018: InfoNCE).
"""

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch.nn.functional import cross_entropy, normalize

from ingest.query_adapter import adapted, attach_adapter

TELLINGS = Path(__file__).with_name("training") / "tellings.jsonl"
_ADAPTED_LAYERS = 6
"""The upper ones; what the lower ones make of a text does not change, and is computed once."""
_MODULES = (
    *("attention.self.query", "attention.self.key", "attention.self.value"),
    *("attention.output.dense", "intermediate.dense", "output.dense"),
)
_RANK = 8
_EPOCHS = 3
_BATCH = 32
_LEARNING_RATE = 5e-4
_WARM_UP_STEPS = 10
_TEMPERATURE = 0.02
_LONGEST_TOKENS = 128
_KEPT_OUT = 12
"""Every so many-th record is not learned from."""
_SEED = 0


@dataclass(frozen=True)
class Telling:
    """What somebody said, and the number of the record of the same trouble."""

    text: str
    record: int


@dataclass(frozen=True)
class Tuned:
    """The adapter's tensors, and the share of the tellings kept out whose record is among the nearest five of all,
    before and after."""

    tensors: dict[str, torch.Tensor]
    before: float
    after: float


def load_tellings(path: Path = TELLINGS) -> tuple[list[str], list[Telling]]:
    """Records, and what was told of them; a record's own title counts as a telling, so that codes stay near to it."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    records = [line["record"] for line in lines]
    told = [
        Telling(text, number)
        for number, line in enumerate(lines)
        for text in (*line["told"], line["record"].partition("。")[0])
    ]
    return records, told


def tune(
    model: SentenceTransformer,
    records: Sequence[str],
    told: Sequence[Telling],
    tell: Callable[[str], None],
    epochs: int = _EPOCHS,
) -> Tuned:
    """Learn an adapter for ``model``, a plain torch one with prompts ``query`` and ``passage``; it is changed by it.

    Some ten minutes on two cores. The same tellings give the same adapter on the same machine.
    """
    torch.manual_seed(_SEED)
    dice = random.Random(_SEED)
    targets = torch.tensor(model.encode(list(records), prompt_name="passage", normalize_embeddings=True))
    encoder: Any = model[0].model
    encoder.requires_grad_(False)
    tensors = _new_tensors(encoder)
    attach_adapter(encoder, tensors)
    trained = [encoder.get_parameter(name) for name in tensors]
    reader = _Reader(model)
    learned = [one for one in told if one.record % _KEPT_OUT]
    kept_out = [one for one in told if one.record % _KEPT_OUT == 0]
    before = _hit_rate(reader, kept_out, targets)
    steps = epochs * math.ceil(len(learned) / _BATCH)
    optimizer = torch.optim.AdamW(trained, lr=_LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / _WARM_UP_STEPS) * (1 + math.cos(math.pi * step / steps)) / 2
    )
    for step, batch in enumerate(_iter_batches(learned, epochs, dice)):
        vectors = reader.read([one.text for one in batch])
        loss = cross_entropy(vectors @ targets.T / _TEMPERATURE, torch.tensor([one.record for one in batch]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if step % 20 == 0:
            tell(f"{step}/{steps}\t{loss.item():.3f}")
    learned_tensors = {name: one.detach().half() for name, one in zip(tensors, trained, strict=True)}
    return Tuned(learned_tensors, before, _hit_rate(reader, kept_out, targets))


def _new_tensors(encoder: Any) -> dict[str, torch.Tensor]:
    """Names of modules with ``.a`` and ``.b``; with ``b`` at nought the encoder is as before."""
    tensors = {}
    layers = len(encoder.encoder.layer)
    for layer in range(layers - _ADAPTED_LAYERS, layers):
        for module in _MODULES:
            name = f"encoder.layer.{layer}.{module}"
            linear = encoder.get_submodule(name)
            tensors[f"{name}.a"] = torch.randn(_RANK, linear.in_features) / math.sqrt(linear.in_features)
            tensors[f"{name}.b"] = torch.zeros(linear.out_features, _RANK)
    return tensors


def _iter_batches(told: Sequence[Telling], epochs: int, dice: random.Random) -> Iterator[list[Telling]]:
    """``epochs`` times all, texts of like length together, since a batch costs as much as its longest."""
    for _ in range(epochs):
        mixed = sorted(dice.sample(told, len(told)), key=lambda one: len(one.text) // 12)
        batches = [mixed[low : low + _BATCH] for low in range(0, len(mixed), _BATCH)]
        yield from dice.sample(batches, len(batches))


class _Reader:
    """Texts -> unit vectors through the adapter, as `Embedder` gives them for tickets."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._tokenizer: Any = model.tokenizer
        self._prompt = model.prompts["query"] or ""
        encoder: Any = model[0].model
        self._embeddings = encoder.embeddings
        self._layers = encoder.encoder.layer
        self._lower: dict[str, torch.Tensor] = {}

    def read(self, texts: Sequence[str]) -> torch.Tensor:
        """Of shape (texts, dimension)."""
        for text in texts:
            if text not in self._lower:
                self._lower[text] = self._read_lower(text)
        lengths = [len(self._lower[text]) for text in texts]
        hidden = torch.nn.utils.rnn.pad_sequence([self._lower[text] for text in texts], batch_first=True)
        mask = torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]
        with adapted():
            hidden = _pass(self._layers[-_ADAPTED_LAYERS:], hidden, mask)
        kept = mask.unsqueeze(-1).float()
        return normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1)

    def _read_lower(self, text: str) -> torch.Tensor:
        ids = self._tokenizer(self._prompt + text, truncation=True, max_length=_LONGEST_TOKENS, return_tensors="pt")
        ids = ids["input_ids"]
        with torch.no_grad():
            hidden = self._embeddings(input_ids=ids)
            return _pass(self._layers[:-_ADAPTED_LAYERS], hidden, torch.ones_like(ids, dtype=torch.bool))[0]


def _pass(layers: Any, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    shut_out = torch.zeros(mask.shape).masked_fill(~mask, torch.finfo(torch.float32).min)[:, None, None, :]
    for layer in layers:
        passed = layer(hidden, shut_out)
        hidden = passed[0] if isinstance(passed, tuple) else passed
    return hidden


def _hit_rate(reader: _Reader, told: Sequence[Telling], targets: torch.Tensor) -> float:
    with torch.no_grad():
        nearest = torch.cat(
            [
                (reader.read([one.text for one in told[low : low + _BATCH]]) @ targets.T).topk(5).indices
                for low in range(0, len(told), _BATCH)
            ]
        )
    return sum(one.record in row for one, row in zip(told, nearest.tolist(), strict=True)) / len(told)
