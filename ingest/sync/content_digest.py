"""What makes two parsed documents the same: all that is kept of them, wherever they stand."""

import json

from ingest.document import ParsedDocument, sha256


def content_digest(document: ParsedDocument) -> str:
    """Hex digest of a document's text, outline and fields.

    Its place in the sources does not count: neither the file nor the lines, which shift when something is inserted
    above. So a document is unchanged if its file has changed elsewhere, and changed if it is read by better rules.
    """
    kept = [
        document.document_id,
        document.version,
        document.kind.value,
        document.title,
        document.text,
        [(b.start, b.end, b.kind.value, b.level, b.page) for b in document.blocks],
        [
            (s.parent, s.level, s.marker, s.heading, s.label, s.start, s.end, s.body_start, s.atomic, s.clause_id)
            for s in document.sections
        ],
        document.product,
        document.source,
        document.effective_from.isoformat(),
        document.effective_to.isoformat(),
        document.clearance,
        document.departments,
        dict(document.attributes),
        [(r.reason.value, r.text, r.page) for r in document.removed],
        [(f.code.value, f.message, f.label) for f in document.findings],
        dict(document.masked),
    ]
    return sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass"))
