"""The text of one DOCX paragraph, as it is shown: insertions in, deletions out, both recorded."""

from collections.abc import Callable
from typing import Any

from ingest.document import RemovalReason
from ingest.formats.docx_styles import W, children, value

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

Remove = Callable[[str, RemovalReason], None]

_SKIPPED = {f"{W}{name}" for name in ("pPr", "rPr", "instrText", "delText", "delInstrText", "rt", "sdtPr", "tblPr")}
_DELETED = {f"{W}del", f"{W}moveFrom"}
_SIGNS = {f"{W}tab": " ", f"{W}ptab": " ", f"{W}cr": "\v", f"{W}noBreakHyphen": "-"}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_OFF = ("0", "false", "off")
_SYMBOLS = {
    **{"F0A3": "□", "F0A8": "□", "F06F": "□", "F052": "☑", "F0FE": "☑", "F0FD": "☒", "F0FC": "✓", "F0FB": "✗"},
    **{"F0B7": "•", "F06C": "●", "F06E": "■", "F0E0": "→", "F0E8": "→", "F0D8": "➢", "F0B0": "°", "F0B1": "±"},
    **{"F0B4": "×", "F0B8": "÷", "F0A3.symbol": "≤", "F0B3": "≥", "F06D": "μ", "F057": "Ω", "F046": "Φ"},
}
_UNKNOWN_SYMBOL = "□"


class ParagraphText:
    """What stands in one paragraph.

    Attributes:
        text: the line; a vertical tab is a line break inside it.
        boxes: contents of the text boxes that hang on it, ``w:txbxContent`` each.
        notes: (kind, id) of the foot- and endnotes that it refers to, in order.
    """

    def __init__(self, paragraph: Any, remove: Remove, note_number: Callable[[str, str], int]) -> None:
        self.boxes: list[Any] = []
        self._remove = remove
        self._note_number = note_number
        parts: list[str] = []
        stack = [paragraph]
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag in _SKIPPED or not isinstance(tag, str) or self._is_left_out(element):
                continue
            if tag == f"{W}txbxContent":
                self.boxes.append(element)
            elif tag == f"{_MC}AlternateContent":
                # The fallback says the same for programs that cannot show the first choice.
                stack.extend(list(element)[:1])
            else:
                parts.append(self._own_text(element))
                stack.extend(reversed(list(element)))
        self.text = "".join(parts)

    def _own_text(self, element: Any) -> str:
        tag = element.tag
        if tag in (f"{W}t", f"{M}t"):
            return element.text or ""
        if tag == f"{W}br":
            return "" if element.get(f"{W}type") in ("page", "column") else "\v"
        if tag == f"{W}sym":
            code = (element.get(f"{W}char") or "").upper()
            in_symbol_font = (element.get(f"{W}font") or "").lower() == "symbol"
            return _SYMBOLS.get(f"{code}.symbol" if in_symbol_font else code) or _SYMBOLS.get(code, _UNKNOWN_SYMBOL)
        if tag in _NOTES:
            return f"[{self._note_number(_NOTES[tag], element.get(f'{W}id') or '')}]"
        return _SIGNS.get(tag, "")

    def _is_left_out(self, element: Any) -> bool:
        is_hidden = element.tag == f"{W}r" and _is_on(element.find(f"{W}rPr"), "vanish")
        if is_hidden or element.tag in _DELETED:
            self._remove(all_text(element), RemovalReason.MARKUP)
            return True
        return False


def all_text(element: Any) -> str:
    """Every character under ``element``, deleted ones too."""
    return "".join(item.text or "" for item in element.iter(f"{W}t", f"{W}delText", f"{M}t"))


def _is_on(properties: Any, name: str) -> bool:
    return bool(children(properties, name)) and value(properties, name) not in _OFF
