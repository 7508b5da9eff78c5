"""Everyday words of a query -> the formal words that rules and manuals have for them."""

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from ingest.tokenizer import fold, load_lexicon

_MOST_WORDS = 12
"""Words added to one query, so that a long ticket text is not drowned in them."""


class Thesaurus:
    """Entries of ``everyday_words.tsv``: an expression, a tab, its formal words. The file is read at first use."""

    def find(self, text: str) -> tuple[str, ...]:
        """Formal words for the everyday expressions in ``text``, in the order of the list, without those it has."""
        folded = fold(text)
        found = (
            word
            for expression, pattern, words in self._entries
            if expression in folded and (pattern is None or pattern.search(folded))
            for word in words
        )
        return tuple(islice(dict.fromkeys(word for word in found if word not in folded), _MOST_WORDS))

    @cached_property
    def _entries(self) -> Sequence[tuple[str, re.Pattern[str] | None, tuple[str, ...]]]:
        """Expressions, those of Latin letters with a pattern that finds them as whole words only."""
        entries = []
        for line in load_lexicon("everyday_words.tsv"):
            expression, _, words = line.partition("\t")
            whole = rf"(?<![a-z0-9]){re.escape(expression)}(?![a-z0-9])"
            entries.append((expression, re.compile(whole) if expression.isascii() else None, tuple(words.split())))
        return entries
