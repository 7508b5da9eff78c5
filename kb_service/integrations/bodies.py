"""A request's bytes as they came, since signatures are of bytes; no more of them than may be."""

from typing import Annotated

from fastapi import Depends, Request

from kb_service.integrations.errors import PayloadTooLargeError
from kb_service.integrations.inbound import MOST_BODY_BYTES


async def read_body(request: Request) -> bytes:
    """
    Raises:
        PayloadTooLargeError: it is longer than `MOST_BODY_BYTES`; the rest is not read.
    """
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > MOST_BODY_BYTES:
        raise PayloadTooLargeError(MOST_BODY_BYTES)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise PayloadTooLargeError(MOST_BODY_BYTES)
    return bytes(body)


RawBody = Annotated[bytes, Depends(read_body)]
