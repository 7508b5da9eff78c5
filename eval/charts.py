"""Charts of the report as SVG; their text stays text, so that the reader's fonts show the Chinese."""

import io
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Point:
    label: str
    x: float
    y: float


def bars(groups: Sequence[str], series: Mapping[str, Sequence[float]], axis: str) -> str:
    """One group of bars a slice, one bar a system; values from 0 to 1."""
    with _style():
        figure = Figure(figsize=(max(7.0, 0.8 * len(groups)), 3.6), layout="constrained")
        axes = figure.subplots()
        width = 0.8 / max(1, len(series))
        for number, (name, values) in enumerate(series.items()):
            places = [place - 0.4 + width * (number + 0.5) for place in range(len(groups))]
            axes.bar(places, list(values), width, label=name)
        axes.set_xticks(range(len(groups)), list(groups), rotation=30, ha="right")
        axes.set_ylim(0, 1)
        axes.set_ylabel(axis)
        axes.legend(fontsize=8, ncols=6, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        return _svg(figure)


def scatter(points: Sequence[Point], x_axis: str, y_axis: str) -> str:
    """Labelled points, x on a logarithmic scale."""
    with _style():
        figure = Figure(figsize=(6.0, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.set_xscale("log")
        for point in points:
            axes.plot(point.x, point.y, "o")
            axes.annotate(point.label, (point.x, point.y), xytext=(5, 4), textcoords="offset points", fontsize=8)
        axes.set_xlabel(x_axis)
        axes.set_ylabel(y_axis)
        return _svg(figure)


def curve(points: Sequence[tuple[float, float]], chosen: tuple[float, float], x_axis: str, y_axis: str) -> str:
    """A line through ``points`` from 0 to 1 on both axes, with the point in use marked."""
    with _style():
        figure = Figure(figsize=(5.0, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.plot([x for x, _ in points], [y for _, y in points])
        axes.plot(*chosen, "o")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel(x_axis)
        axes.set_ylabel(y_axis)
        return _svg(figure)


def _style() -> AbstractContextManager[None]:
    # The salt makes the same figures give the same file.
    return mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "kb-service", "font.size": 10})


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    with warnings.catch_warnings():
        # Its own font lacks Chinese, which the reader's browser draws.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
