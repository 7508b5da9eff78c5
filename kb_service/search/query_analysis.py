"""What a query holds: its terms, its identifiers, and the pattern that finds them again in a passage."""

import re
from dataclasses import dataclass

from haystack.dataclasses import SparseEmbedding

from ingest.identifiers import Identifier
from ingest.script import simplify_words
from ingest.sparse_encoder import SparseEncoder
from ingest.tokenizer import fold
from kb_service.search.thesaurus import Thesaurus

_CODE_PIECES = re.compile(r"[a-z]+|\d+|[^a-z\d\s]")
_ADDED_WEIGHT = 0.5
_SEPARATOR = r"[\s\-_:#.]*"


@dataclass(frozen=True)
class AnalyzedQuery:
    """A query ready for both legs.

    Attributes:
        text: the query in simplified characters.
        terms: distinct terms in the order of the query.
        length: terms of the query, repeated ones counted each time.
        added: formal words for its everyday ones; they count less than its own.
        identifiers: keys of the decisive identifiers, each once.
        pattern: matches any of the terms in a folded passage; None where there are none.
    """

    text: str
    terms: tuple[str, ...]
    added: tuple[str, ...]
    identifiers: tuple[str, ...]
    sparse: SparseEmbedding
    pattern: re.Pattern[str] | None
    length: int

    @property
    def embedded_text(self) -> str:
        """What the model is given: the query and the added words."""
        return " ".join((self.text, *self.added))

    def find_matches(self, text: str) -> list[tuple[int, int]]:
        """Ranges of ``text`` that hold a term, in order, overlapping ones joined."""
        if self.pattern is None:
            return []
        return [match.span() for match in self.pattern.finditer(fold(text))]


def analyze_query(text: str, encoder: SparseEncoder, thesaurus: Thesaurus) -> AnalyzedQuery:
    """Read a query; one in traditional characters, Taiwan's words included, is brought into simplified ones first."""
    text = simplify_words(text)
    analysis = encoder.tokenizer.analyze(text)
    terms = tuple(dict.fromkeys(term.text for term in analysis.terms))
    keys = tuple(dict.fromkeys(found.key for found in analysis.identifiers if found.decisive))
    added = thesaurus.find(text)
    sparse = encoder.encode_query(analysis, encoder.tokenizer.analyze(" ".join(added)), _ADDED_WEIGHT)
    pattern = _pattern((*terms, *added), analysis.identifiers)
    return AnalyzedQuery(text, terms, added, keys, sparse, pattern, len(analysis.terms))


def _pattern(terms: tuple[str, ...], identifiers: tuple[Identifier, ...]) -> re.Pattern[str] | None:
    codes = {_code_pattern(found.text) for found in identifiers}
    words = {re.escape(term) for term in terms}
    # The longest alternative is to win where several begin at one place.
    alternatives = sorted(codes | words, key=lambda pattern: (-len(pattern), pattern))
    return re.compile(f"(?:{'|'.join(alternatives)})+") if alternatives else None


def _code_pattern(code: str) -> str:
    """Matches a code however its pieces are joined: PPR-9087, ppr 9087, PPR9087."""
    return _SEPARATOR.join(re.escape(piece) for piece in _CODE_PIECES.findall(code) if piece not in "-_:#.")
