"""The process that draws one picture: a program of its own, because drawing is slow.

It imports nothing of the desk. The plotting library takes time and memory, and holds the
interpreter while it draws: a process that relays messages would stall.
"""

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE, _DPI = (9.0, 4.5), 110
# Less urgent than what relays messages.
_NICE = 10
_LONGEST_LABEL = 24
# More labels than these stand over each other, so only some are written.
_MOST_LABELS = 40
_ALL_BARS = 0.8


def main() -> None:
    """Read a picture as JSON (desk/reports/pictures.py), and write it as PNG."""
    os.nice(_NICE)
    picture = json.load(sys.stdin)
    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(_escape(picture["title"]))
    if picture["cells"]:
        _draw_heat_map(axes, picture)
    elif picture["series"] and picture["labels"]:
        _draw_bars(axes, picture)
    else:
        axes.text(0.5, 0.5, _escape(picture["nothing"]), ha="center")
    figure.savefig(sys.stdout.buffer, format="png")


def _draw_heat_map(axes: "Axes", picture: dict[str, Any]) -> None:
    shown = axes.imshow(picture["cells"], aspect="auto", cmap="Blues")
    axes.set_yticks(range(len(picture["labels"])), map(_escape, picture["labels"]))
    axes.set_xticks(range(0, len(picture["cells"][0]), 2))
    axes.figure.colorbar(shown, label=_escape(picture["unit"]))


def _draw_bars(axes: "Axes", picture: dict[str, Any]) -> None:
    labels, series = picture["labels"], picture["series"]
    width = _ALL_BARS / len(series)
    for number, (name, heights) in enumerate(series.items()):
        places = [each + number * width for each in range(len(labels))]
        axes.bar(places, heights, width, label=_escape(name))
    every = -(-len(labels) // _MOST_LABELS)
    middle = (_ALL_BARS - width) / 2
    axes.set_xticks(
        [each + middle for each in range(0, len(labels), every)],
        [_escape(each)[:_LONGEST_LABEL] for each in labels[::every]],
        rotation=30,
        ha="right",
        fontsize="small",
    )
    axes.set_ylabel(_escape(picture["unit"]))
    axes.legend()


def _escape(text: str) -> str:
    """Return a text to be drawn as it is: a name may hold $, which would be mathematics."""
    return text.replace("$", r"\$")


if __name__ == "__main__":
    main()
