"""Terms -> BM25 sparse vectors. The engine multiplies in the IDF, so both sides stay independent of the corpus.

A document's weight for a term is the BM25 term-frequency part (Robertson and Zaragoza, The Probabilistic
Relevance Framework: BM25 and Beyond, 2009, eq. 3.15)::

    tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average_length))

and a query's weight is the number of times it holds the term.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from haystack import Document, component
from haystack.dataclasses import SparseEmbedding

from ingest.citation import clause_part
from ingest.document import Meta
from ingest.tokenizer import Analysis, Tokenizer

K1 = 1.2
B = 0.75
AVERAGE_LENGTH = 120.0
"""Terms in a typical chunk. A constant, so that a chunk's vector does not change when others come and go."""


_LONGEST_TITLE = 80
_LONGEST_HEADING = 40
_DEEPEST_PATH = 4


class SparseEncoder:
    """Encodes passages and queries over one term space: a term's dimension is the CRC-32 of its UTF-8 bytes."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def encode_passage(self, analysis: Analysis) -> SparseEmbedding:
        counts = Counter(term.text for term in analysis.terms)
        length = sum(counts.values())
        norm = K1 * (1 - B + B * length / AVERAGE_LENGTH)
        return _sparse({term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()})

    def encode_query(self, analysis: Analysis, added: Analysis | None = None, share: float = 1.0) -> SparseEmbedding:
        """Weights of the query's terms; those of ``added``, which stand for words of the query, count ``share``."""
        weights: dict[str, float] = defaultdict(float)
        for part, weight in ((analysis, 1.0), (added, share)):
            for term in part.terms if part else ():
                weights[term.text] += weight
        return _sparse(weights)


def context_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """What is indexed for a chunk: its title and headings above its text, one a line.

    Overlong titles and headings are cut, so that the text itself stays within what the model reads.
    """
    headings = (heading[:_LONGEST_HEADING] for heading in heading_path[-_DEEPEST_PATH:])
    return "\n".join((title[:_LONGEST_TITLE], *headings, text))


@component
class SparseDocumentEncoder:
    """Pipeline step: gives every chunk its sparse vector and the keys of the identifiers it holds."""

    def __init__(self, encoder: SparseEncoder) -> None:
        self._encoder = encoder

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        return {"documents": [self._encoded(document) for document in documents]}

    def _encoded(self, document: Document) -> Document:
        meta = document.meta
        context = context_text(meta[Meta.TITLE], meta[Meta.HEADING_PATH], document.content or "")
        # A clause numbered 4.12 in the text is asked for as 第4.12条, as its citation writes it.
        text = f"{context}\n{clause_part(meta[Meta.CITATION])}"
        analysis = self._encoder.tokenizer.analyze(text)
        identifiers = sorted({found.key for found in analysis.identifiers if found.decisive})
        return replace(
            document,
            sparse_embedding=self._encoder.encode_passage(analysis),
            meta={**meta, Meta.IDENTIFIERS: identifiers},
        )


def _sparse(weights: Mapping[str, float]) -> SparseEmbedding:
    by_dimension: dict[int, float] = {}
    for term, weight in weights.items():
        dimension = zlib.crc32(term.encode())
        # Two terms in one dimension (about one pair in 10,000 for a vocabulary of 1,000) add up.
        by_dimension[dimension] = by_dimension.get(dimension, 0.0) + weight
    indices = sorted(by_dimension)
    return SparseEmbedding(indices=indices, values=[by_dimension[index] for index in indices])
