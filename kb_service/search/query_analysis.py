"""What a query holds: its terms, its identifiers, and the pattern that finds them again in a passage."""

import re
from dataclasses import dataclass

from haystack.dataclasses import SparseEmbedding

from ingest.identifiers import Identifier
from ingest.sparse_encoder import SparseEncoder
from ingest.tokenizer import fold

_CODE_PIECES = re.compile(r"[a-z]+|\d+|[^a-z\d\s]")
_SEPARATOR = r"[\s\-_:#.]*"


@dataclass(frozen=True)
class AnalyzedQuery:
    """A query ready for both legs.

    Attributes:
        terms: distinct terms in the order of the query.
        identifiers: keys of the decisive identifiers, each once.
        pattern: matches any of the terms in a folded passage; None where there are none.
    """

    text: str
    terms: tuple[str, ...]
    identifiers: tuple[str, ...]
    sparse: SparseEmbedding
    pattern: re.Pattern[str] | None

    def find_matches(self, text: str) -> list[tuple[int, int]]:
        """Ranges of ``text`` that hold a term, in order, overlapping ones joined."""
        if self.pattern is None:
            return []
        return [match.span() for match in self.pattern.finditer(fold(text))]


def analyze_query(text: str, encoder: SparseEncoder) -> AnalyzedQuery:
    analysis = encoder.tokenizer.analyze(text)
    terms = tuple(dict.fromkeys(term.text for term in analysis.terms))
    keys = tuple(dict.fromkeys(found.key for found in analysis.identifiers if found.decisive))
    return AnalyzedQuery(text, terms, keys, encoder.encode_query(analysis), _pattern(terms, analysis.identifiers))


def _pattern(terms: tuple[str, ...], identifiers: tuple[Identifier, ...]) -> re.Pattern[str] | None:
    codes = {_code_pattern(found.text) for found in identifiers}
    words = {re.escape(term) for term in terms}
    # The longest alternative is to win where several begin at one place.
    alternatives = sorted(codes | words, key=lambda pattern: (-len(pattern), pattern))
    return re.compile(f"(?:{'|'.join(alternatives)})+") if alternatives else None


def _code_pattern(code: str) -> str:
    """Matches a code however its pieces are joined: PPR-9087, ppr 9087, PPR9087."""
    return _SEPARATOR.join(re.escape(piece) for piece in _CODE_PIECES.findall(code) if piece not in "-_:#.")
