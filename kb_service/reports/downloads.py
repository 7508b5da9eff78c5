"""Files as answers, with names in Chinese."""

from urllib.parse import quote

from fastapi import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def build_download(content: bytes, name: str, plain_name: str, media_type: str) -> Response:
    """``name`` is what RFC 6266 has browsers call the file; ``plain_name``, in ASCII, is for programs that do not know
    how RFC 5987 writes it."""
    disposition = f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
