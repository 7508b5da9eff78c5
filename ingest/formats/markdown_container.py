"""The head of a ``:::`` container, as VuePress, VitePress and others write it: what of it is shown."""

import re
from collections.abc import Iterator

_HEAD = re.compile(r"\s*[\w-]*\s*(?:\{([^}]*)\})?\s*")
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s}]+))""")
_OPTION = re.compile(r"[\w-]+[:=]\S+")


def split_head(markup: str, info: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of an opening line in order, each with whether a reader sees it.

    ``::: tip 注意`` shows 注意, ``:::warning{title=废弃}`` shows 废弃, ``:::: tabs type:card`` shows nothing.
    """
    head = _HEAD.match(info)
    assert head is not None
    rest = info[head.end() :].strip()
    begin = markup + info[: head.end()]
    if _OPTION.fullmatch(rest):
        yield begin + rest, False
        return
    if stated := _TITLE.search(begin):
        index = next(number for number in (1, 2, 3) if stated[number] is not None)
        yield begin[: stated.start(index)], False
        yield stated[index], True
        yield begin[stated.end(index) :], False
    else:
        yield begin, False
    yield rest, True
