"""BM25 weights, and what a chunk is indexed with."""

import zlib

import pytest
from haystack import Document
from haystack.dataclasses import SparseEmbedding

from ingest.document import Meta
from ingest.sparse_encoder import AVERAGE_LENGTH, SparseDocumentEncoder, SparseEncoder, context_text
from ingest.tokenizer import Analysis, Term, Tokenizer


@pytest.fixture(scope="module")
def encoder() -> SparseEncoder:
    return SparseEncoder(Tokenizer())


def analysis(*terms: str) -> Analysis:
    return Analysis(tuple(Term(text, 0, 1) for text in terms), ())


def weight(embedding: SparseEmbedding, term: str) -> float:
    return dict(zip(embedding.indices, embedding.values, strict=True))[zlib.crc32(term.encode())]


def test_passage_weight_is_the_bm25_term_frequency_part(encoder: SparseEncoder) -> None:
    embedding = encoder.encode_passage(analysis("网关", "网关", "重启"))
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 120)
    assert weight(embedding, "网关") == pytest.approx(2 * 2.2 / (2 + norm))
    assert weight(embedding, "重启") == pytest.approx(1 * 2.2 / (1 + norm))


def test_a_term_weighs_one_once_in_a_passage_of_average_length(encoder: SparseEncoder) -> None:
    words = [f"词{number}" for number in range(int(AVERAGE_LENGTH) - 1)]
    assert weight(encoder.encode_passage(analysis("网关", *words)), "网关") == pytest.approx(1)


def test_repetition_saturates_and_length_dilutes(encoder: SparseEncoder) -> None:
    once, twice, often = (weight(encoder.encode_passage(analysis(*["网关"] * n)), "网关") for n in (1, 2, 100))
    assert once < twice < often < 2.2
    assert twice < 2 * once
    assert weight(encoder.encode_passage(analysis("网关", *"甲乙丙丁")), "网关") < once


def test_query_weight_counts_the_term(encoder: SparseEncoder) -> None:
    embedding = encoder.encode_query(analysis("网关", "重启", "网关"))
    assert (weight(embedding, "网关"), weight(embedding, "重启")) == (2.0, 1.0)


def test_dimensions_are_ascending_and_shared_by_both_sides(encoder: SparseEncoder) -> None:
    passage, query = encoder.encode_passage(analysis(*"丁甲丙乙")), encoder.encode_query(analysis(*"乙丙甲丁"))
    assert passage.indices == query.indices == sorted(set(query.indices))


def test_nothing_gives_an_empty_vector(encoder: SparseEncoder) -> None:
    for embedding in (encoder.encode_passage(analysis()), encoder.encode_query(analysis())):
        assert (embedding.indices, embedding.values) == ([], [])


def test_context_puts_title_and_headings_above_the_text() -> None:
    assert context_text("值班规定", ["第一章 总则", "第一条"], "正文") == "值班规定\n第一章 总则\n第一条\n正文"
    assert context_text("值班规定", [], "正文") == "值班规定\n正文"


def test_an_overlong_context_leaves_room_for_the_text() -> None:
    path = ["最外层", *("长" * 50 for _ in range(4))]
    assert context_text("题" * 100, path, "正文" * 200) == "\n".join(["题" * 80, *["长" * 40] * 4, "正文" * 200])


def test_a_chunk_is_found_by_title_heading_and_text(encoder: SparseEncoder) -> None:
    chunk = Document(
        content="先查ORA-12541，再看10.0.0.8:1521，版本5.7.1，见第十五条。ora 12541",
        meta={Meta.TITLE: "监听器手册", Meta.HEADING_PATH: ["VPN-E601 处理"], Meta.CITATION: "《监听器手册》"},
    )
    step = SparseDocumentEncoder(encoder)
    [encoded] = step.run([chunk])["documents"]
    assert encoded.meta[Meta.IDENTIFIERS] == ["10.0.0.8", "ora12541", "vpne601"]
    assert encoded.meta[Meta.CITATION] == "《监听器手册》"
    assert (encoded.id, encoded.content) == (chunk.id, chunk.content)
    for term in ("监听器", "vpne601", "ora12541", "12541", "5.7.1", "第15条"):
        assert weight(encoded.sparse_embedding, term) > 0
    assert chunk.sparse_embedding is None


def test_a_clause_is_found_as_its_citation_writes_it(encoder: SparseEncoder) -> None:
    meta = {Meta.TITLE: "工程部管理制度", Meta.HEADING_PATH: [], Meta.CITATION: "《工程部管理制度》(六)第4.12条"}
    [encoded] = SparseDocumentEncoder(encoder).run([Document(content="4.12、统计表", meta=meta)])["documents"]
    assert encoded.meta[Meta.IDENTIFIERS] == ["第4.12条"]
    assert weight(encoded.sparse_embedding, "第4.12条") > 0
