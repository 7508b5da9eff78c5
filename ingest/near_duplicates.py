"""Texts that say nearly the same, found by MinHash: a signature a text, bands to look candidates up by.

Two texts are compared by the sets of character 5-grams (shingles) of what is left when case, width, white space and
punctuation are dropped. The share of equal places in two signatures estimates the Jaccard similarity of the sets
(Broder 1997) with a standard deviation of sqrt(s(1-s)/128), 0.035 at s = 0.8.

A candidate is a text that shares one of 18 bands of 7 places (Leskovec, Rajaraman, Ullman: Mining of Massive
Datasets, 3.4). A pair of similarity s becomes one with probability 1 - (1 - s^7)^18:

====  =====  =====  =====  =====  =====  =====  =====  =====  =====
s     0.3    0.4    0.5    0.6    0.7    0.75   0.8    0.85   0.9
P     0.004  0.029  0.132  0.400  0.787  0.924  0.986  0.999  1.000
====  =====  =====  =====  =====  =====  =====  =====  =====  =====
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from itertools import islice

import numpy as np

from ingest.tokenizer import fold

THRESHOLD = 0.8
"""From this similarity on, two texts are near-duplicates."""

PERMUTATIONS = 128
SIGNATURE_BYTES = PERMUTATIONS * 4

_BANDS = 18
_ROWS = 7
_BAND_BYTES = _ROWS * 4
_SHINGLE_CHARS = 5
_SHORTEST_COMPARED_CHARS = 40
"""Below, one changed word changes too many shingles for an estimate to mean anything."""
_SEED = 1
_BATCH_SHINGLES = 8192
_NOT_COMPARED = re.compile(r"[\W_]+")
_EMPTY = b"\xff" * SIGNATURE_BYTES


def signature(text: str) -> bytes:
    """Return the MinHash signature of ``text``: 128 little-endian uint32, the same on every machine and run.

    A text of fewer than 40 compared characters gets one that only an equal text (after folding) shares; one that
    has none gets one without bands, which is similar to nothing. Time is linear in the text (about half a
    second for a million characters), memory beside the text constant.
    """
    # Loads scipy, about half a second.
    from datasketch import MinHash  # type: ignore[import-untyped]

    # The scheme is named because its default has changed between releases, and signatures are stored. It mixes
    # what the hash function gives, so a quick checksum serves as well as the default SHA-1, at a third of the time.
    minhash = MinHash(PERMUTATIONS, seed=_SEED, scheme="affine32", hashfunc=zlib.crc32)
    shingles = _iter_shingles(_compared(text))
    while batch := list(islice(shingles, _BATCH_SHINGLES)):
        minhash.update_batch(batch)
    return np.asarray(minhash.hashvalues, dtype="<u4").tobytes()


def bands(signature: bytes) -> tuple[int, ...]:
    """Return the keys under which to store and look up a signature: 18 signed 64-bit integers.

    Texts that share a key are candidates; `similarity` decides. A key says which band it is of, so one table column
    holds all of them. A text without a comparable character has none.
    """
    if signature == _EMPTY:
        return ()
    slices = (signature[band * _BAND_BYTES : (band + 1) * _BAND_BYTES] for band in range(_BANDS))
    return tuple(_band_key(band, part) for band, part in enumerate(slices))


def similarity(first: bytes, second: bytes) -> float:
    """Estimate the Jaccard similarity, 0 to 1, of the texts that two signatures stand for."""
    if first == _EMPTY or second == _EMPTY:
        return 0.0
    return float(np.mean(np.frombuffer(first, dtype="<u4") == np.frombuffer(second, dtype="<u4")))


def exact_similarity(first: str, second: str) -> float:
    """Return the Jaccard similarity, 0 to 1, of two texts that are both at hand; what `similarity` estimates."""
    left, right = (set(_iter_shingles(_compared(text))) for text in (first, second))
    return len(left & right) / len(left | right) if left and right else 0.0


def _compared(text: str) -> str:
    return _NOT_COMPARED.sub("", fold(text))


def _iter_shingles(compared: str) -> Iterator[bytes]:
    if 0 < len(compared) < _SHORTEST_COMPARED_CHARS:
        yield compared.encode()
        return
    for start in range(len(compared) - _SHINGLE_CHARS + 1):
        yield compared[start : start + _SHINGLE_CHARS].encode()


def _band_key(band: int, part: bytes) -> int:
    digest = hashlib.blake2b(part, digest_size=8, salt=band.to_bytes(2, "little")).digest()
    return int.from_bytes(digest, "little", signed=True)
