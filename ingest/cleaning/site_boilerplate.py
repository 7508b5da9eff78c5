"""What document sites print around a text: collection headlines, download tips, lists of other documents."""

import re
from collections.abc import Sequence

from ingest.cleaning.passages import Passage
from ingest.document import RemovalReason

# Whole lines that no regulation, manual or answer says of itself.
_SITE_LINE = re.compile(
    r"\s*(?:\d{1,2}[.、]\s*){0,2}(?:"
    r"下载(?:本)?(?:文档|资料|文件)?(?:前|之前)，?,?请[^。]{0,40}(?:甄别|确认|预览|阅读)"
    r"|[\"“]?仅(?:部分|支持)?(?:可)?预览[\"”]?的(?:文档|资料|部分)"
    r"|(?:如|若)?(?:本)?文档(?:内容)?(?:如有)?侵犯(?:了)?(?:您|你|他人)的?(?:权益|版权|合法权益)"
    r"|(?:本)?(?:文档|资料)由[^。]{0,20}(?:上传|收集|整理)[^。]{0,10}(?:分享|提供下载|供下载)"
    r"|合集下载$|(?:点击|立即|免费|全文)下载$|下载(?:全文|文档|此文档|Word文档)$|展开阅读全文$|剩余\d*页未读"
    r").*"
)
# Only beside such a line: words and specks that may be a text's own elsewhere.
_SITE_REST = re.compile(
    r"\s*(?:相关文档|最新文档|相关推荐|热门文档|猜你喜欢|推荐文档|相关资料|为您推荐|[.．。,，、…·\-_—\s]+)\s*"
)


def mark_boilerplate(passages: Sequence[Passage]) -> list[Passage]:
    """Leave out a site's own lines: sure ones anywhere, doubtful ones where a sure one shows that a site was copied
    and nothing but the site's own stands between them and the end of the text."""
    marked = [
        passage.without(RemovalReason.BOILERPLATE)
        if passage.is_line and _SITE_LINE.fullmatch(passage.text)
        else passage
        for passage in passages
    ]
    if any(passage.removed is not None for passage in marked):
        for index in reversed(range(len(marked))):
            if marked[index].removed is None:
                if not (marked[index].is_line and _SITE_REST.fullmatch(marked[index].text)):
                    break
                marked[index] = marked[index].without(RemovalReason.BOILERPLATE)
    return marked
