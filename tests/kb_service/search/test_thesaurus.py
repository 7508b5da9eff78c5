"""Everyday words bring formal ones along, where they are meant."""

from ingest.tokenizer import fold, load_lexicon
from kb_service.search.thesaurus import Thesaurus

THESAURUS = Thesaurus()
ENTRIES = [line.split("\t") for line in load_lexicon("everyday_words.tsv")]


def test_every_entry_is_an_expression_and_its_words() -> None:
    assert all(len(entry) == 2 for entry in ENTRIES)
    expressions = [expression for expression, _ in ENTRIES]
    assert len(expressions) == len(set(expressions))
    assert all(expression == fold(expression) and len(expression) > 1 for expression in expressions)
    assert all(words.split() and expression not in words.split() for expression, words in ENTRIES)


def test_every_entry_is_found_by_its_expression() -> None:
    for expression, words in ENTRIES:
        found = THESAURUS.find(f"，{expression}。")
        assert all(word in found or word in expression for word in words.split()[:1]), expression


def test_words_the_query_has_are_not_added() -> None:
    assert "领导" in THESAURUS.find("老板批的")
    assert "领导" not in THESAURUS.find("老板说领导批的")


def test_latin_expressions_are_whole_words_also_beside_chinese() -> None:
    assert THESAURUS.find("会后close工单") == THESAURUS.find("会后 CLOSE 工单") != ()
    assert THESAURUS.find("disclosed") == ()


def test_a_long_text_gets_a_few_words_only() -> None:
    text = "，".join(expression for expression, _ in ENTRIES)
    assert len(THESAURUS.find(text)) <= 12
