"""Fits the confidence of a search on the tuning half, and tells what a threshold costs."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from eval.labelled_set import LabelledSet
from kb_service.access.principal import LOOPBACK
from kb_service.runtime import Runtime
from kb_service.search.confidence import Calibration, Signals, confidence
from kb_service.search.models import SearchRequest

FALSE_REFUSALS = 0.05
"""The share of answerable tuning queries that the threshold lets be refused."""


@dataclass(frozen=True)
class Observed:
    """Signals of one query, None where it found nothing, and whether the texts answer it."""

    signals: Signals | None
    answerable: bool


def observe(labelled: LabelledSet, runtime: Runtime, *, as_ticket: bool = False) -> list[Observed]:
    """Queries that name a clause are left out: they are answered without being weighed.

    ``as_ticket`` reads them as suggestions read a ticket.
    """
    observed = []
    for query in labelled.queries:
        request = SearchRequest(query=query.text, explain=True)
        response = runtime.search.search(request, LOOPBACK)
        if any(hit.explanation and hit.explanation.named_clause for hit in response.hits):
            continue
        signals = runtime.search.find_signals(query.text, LOOPBACK, as_ticket=as_ticket)
        observed.append(Observed(signals, bool(labelled.judgments[query.query_id])))
    return observed


def fit(observed: Sequence[Observed]) -> Calibration:
    """A logistic regression on standardised signals, both classes weighed alike, as weights of the plain signals."""
    known = [(one.signals, one.answerable) for one in observed if one.signals]
    rows = np.array([astuple(signals) for signals, _ in known])
    answerable = np.array([flag for _, flag in known])
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", C=1.0))
    model.fit(rows, answerable)
    scale, regression = model[0], model[1]
    weights = regression.coef_[0] / scale.scale_
    bias = float(regression.intercept_[0] - (weights * scale.mean_).sum())
    unset = Calibration(tuple(float(weight) for weight in weights), bias, 0.0)
    sure = [confidence(signals, unset) for signals, flag in known if flag]
    return Calibration(unset.weights, bias, float(np.quantile(sure, FALSE_REFUSALS)))


@dataclass(frozen=True)
class Refusals:
    """Shares, from 0 to 1: of unanswerable queries that are answered, of answerable ones that are refused."""

    threshold: float
    false_answers: float
    false_refusals: float


def refusals(observed: Sequence[Observed], calibration: Calibration, threshold: float) -> Refusals:
    sure = [(confidence(one.signals, calibration) if one.signals else 0.0, one.answerable) for one in observed]
    answered = [value >= threshold for value, flag in sure if not flag]
    refused = [value < threshold for value, flag in sure if flag]
    return Refusals(threshold, float(np.mean(answered)), float(np.mean(refused)))


def render(calibration: Calibration, name: str = "CALIBRATION") -> str:
    """The calibration as the lines of Python that `kb_service.search.confidence` holds under ``name``."""
    weights = ", ".join(f"{weight:.4f}" for weight in calibration.weights)
    numbers = f"({weights}), bias={calibration.bias:.4f}, threshold={calibration.threshold:.4f}"
    return f"{name} = Calibration(\n    {numbers}\n)"
