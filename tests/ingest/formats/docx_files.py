"""Makes DOCX files for tests: python-docx writes the package, the parts that matter here are given as XML."""

import io
import zipfile
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

NAMESPACES = nsdecls("w", "r") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def paragraph(content: str, properties: str = "") -> str:
    runs = content if content.startswith("<") else f"<w:r><w:t xml:space='preserve'>{content}</w:t></w:r>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def item(content: str, number: int = 1, level: int = 0) -> str:
    return paragraph(content, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(index: int, style: str, pattern: str, more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def build_docx(body: str, levels: str = "", numbers: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
               parts: dict[str, str] | None = None) -> bytes:  # fmt: skip
    """A document of ``body``; its list number 1 has ``levels``. ``parts``: name such as ``footnotes`` -> content."""
    document = Document()
    container = document.element.body
    for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
        container.insert(len(container) - 1, element)
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    lists = (
        levels
        if levels.startswith("<w:abstractNum")
        else f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    )
    for element in parse_xml(f"<w:numbering {NAMESPACES}>{lists}{numbers}</w:numbering>"):
        root.append(element)
    for name, content in (parts or {}).items():
        blob = f'<?xml version="1.0"?><w:{name} {NAMESPACES}>{content}</w:{name}>'.encode()
        part = Part(PackURI(f"/word/{name}.xml"), f"{_MAIN}.{name}+xml", blob, document.part.package)
        document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, name.upper()))
    return _saved(document)


def with_style(data: bytes, style_id: str, name: str) -> bytes:
    """``data`` with a paragraph style more."""
    style = f'<w:style {NAMESPACES} w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/></w:style>'
    document = Document(io.BytesIO(data))
    document.styles.element.append(parse_xml(style))
    return _saved(document)


def with_numbered_styles(data: bytes, *names: str) -> bytes:
    """``data`` with styles that carry list number 1."""
    document = Document(io.BytesIO(data))
    for name in names:
        properties = document.styles[name].element.get_or_add_pPr()
        properties.insert(0, parse_xml(f'<w:numPr {NAMESPACES}><w:numId w:val="1"/></w:numPr>'))
    return _saved(document)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """``data`` with another content of one part, such as ``word/document.xml``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return stream.getvalue()


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
