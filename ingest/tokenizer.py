"""Text -> terms, the same for index and query: jieba words, and identifiers kept whole beside their parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.identifiers import Identifier, iter_identifiers

if TYPE_CHECKING:
    import jieba

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Hyphens and dashes that stand in codes pasted from documents.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), ord("-"))
_FOLDING = _FULL_WIDTH | _DASHES

TOKENIZER_VERSION = 2
"""Raised whenever the same text would give other terms; part of the index's fingerprint."""


def fold(text: str) -> str:
    """Half-width, lower-case form of ``text``; same length, so that offsets hold in both."""
    folded = text.translate(_FOLDING)
    lowered = folded.lower()
    # A few letters lengthen when lowered (İ); those stay as they are.
    return lowered if len(lowered) == len(folded) else "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


@dataclass(frozen=True)
class Term:
    """A searchable unit and where it stands in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Analysis:
    """What the tokenizer found in one text, both in text order."""

    terms: tuple[Term, ...]
    identifiers: tuple[Identifier, ...]


class Tokenizer:
    """Cuts Chinese and mixed text into terms. Loading the dictionary (about a second) waits for first use.

    ``cache_dir`` keeps the prepared dictionary; without it jieba keeps it in the system's temporary folder.
    """

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._cache_dir = cache_dir

    def analyze(self, text: str) -> Analysis:
        """Return the terms and identifiers of ``text``.

        An identifier gives its key and its parts as terms; the text between is cut by jieba in search mode,
        where a long word also gives its shorter words. Punctuation and stop words are left out.
        """
        folded = fold(text)
        identifiers = tuple(iter_identifiers(folded))
        terms: list[Term] = []
        position = 0
        for identifier in identifiers:
            terms.extend(self._words(folded, position, identifier.start))
            names = (identifier.key, *identifier.parts)
            terms.extend(Term(name, identifier.start, identifier.end) for name in names)
            position = identifier.end
        terms.extend(self._words(folded, position, len(folded)))
        return Analysis(tuple(terms), identifiers)

    def _words(self, folded: str, start: int, end: int) -> Iterator[Term]:
        if start >= end:
            return
        for word, low, high in self._jieba.tokenize(folded[start:end], mode="search"):
            if any(char.isalnum() for char in word) and word not in self._stop_words:
                yield Term(word, start + low, start + high)

    @cached_property
    def _jieba(self) -> "jieba.Tokenizer":
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        if self._cache_dir is not None:
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            tokenizer.tmp_dir = str(self._cache_dir)
        tokenizer.initialize()
        for word in load_lexicon("domain_words.txt"):
            tokenizer.add_word(word)
        return tokenizer

    @cached_property
    def _stop_words(self) -> frozenset[str]:
        return frozenset(load_lexicon("stop_words.txt"))


def lexicon_text() -> str:
    """The word lists as one text, for the index's fingerprint."""
    return "\n".join((*load_lexicon("domain_words.txt"), "", *load_lexicon("stop_words.txt")))


def load_lexicon(name: str) -> list[str]:
    """Lines of a word list in ``ingest/lexicon``, comments and empty ones left out."""
    lines = files("ingest").joinpath("lexicon", name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
