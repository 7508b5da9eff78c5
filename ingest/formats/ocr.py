"""Pictures of text -> words at their places, by rapidocr with the models that its package brings.

rapidocr is an optional extra: it is imported when the first picture has to be read.
"""

import logging
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import MissingExtraError, Origin
from ingest.formats.page_layout import Word

_EXTRA = "ocr"
_HEIGHT_TO_SIZE = 0.85
"""A box that was found around a line is a little higher than its type."""

_one_at_a_time = Lock()


def recognize(image: NDArray[np.uint8], origin: Origin) -> tuple[Word, ...]:
    """Words of an image (height x width x 3, RGB, 8 bits), positions in pixels.

    Raises:
        MissingExtraError: rapidocr is not installed.
    """
    try:
        engine = _load_engine()
    except ImportError as error:
        raise MissingExtraError(origin, _EXTRA) from error
    with _one_at_a_time:
        # rapidocr expects the channels as OpenCV has them.
        result = engine(np.ascontiguousarray(image[:, :, ::-1]))
    if result.boxes is None or result.txts is None:
        return ()
    words = []
    for box, text in zip(result.boxes, result.txts, strict=True):
        if text.strip():
            (x0, top), (x1, bottom) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
            words.append(Word(text.strip(), x0, x1, top, bottom, (bottom - top) * _HEIGHT_TO_SIZE))
    return tuple(words)


@cache
def _load_engine() -> Any:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})
    # It has set up a console handler of its own.
    logging.getLogger("RapidOCR").handlers.clear()
    return engine
