"""What stands around and between the sentences of a copied regulation: found, left out, and kept on record."""

from ingest.cleaning.form_heads import mark_form_heads
from ingest.cleaning.hard_wraps import join_wrapped_lines
from ingest.cleaning.page_footers import mark_page_footers
from ingest.cleaning.passages import Passage, put_together, take_apart
from ingest.cleaning.repeated_titles import mark_titles, piece_openings
from ingest.cleaning.site_boilerplate import mark_boilerplate
from ingest.document import StructuredText


def mark_noise(structured: StructuredText) -> list[Passage]:
    """Return the text as passages, with those that are noise marked as removed and titles turned into headings.

    Every visible character of the text is in one passage, in the order of the source.
    """
    passages = mark_boilerplate(take_apart(structured))
    passages = mark_page_footers(passages, piece_openings(passages))
    passages = mark_form_heads(passages)
    passages = mark_titles(passages)
    return join_wrapped_lines(passages)


def remove_noise(structured: StructuredText) -> StructuredText:
    """The text without its noise, which is added to ``removed``."""
    return put_together(mark_noise(structured), structured.removed)
