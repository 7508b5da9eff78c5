"""What ``kb chunks`` prints: each document with its chunks, their sizes and the reason of each cut."""

from rich.console import Console
from rich.markup import escape

from ingest.chunking.preview import ChunkPreview, DocumentPreview
from ingest.chunking.span import CutReason
from ingest.document import RemovalReason
from kb_service.console import KIND_NAMES, MASKED_NAMES

REASON_NAMES = {
    CutReason.WHOLE_SECTION: "整条或整节",
    CutReason.SECTION_LEAD: "下级条款之前的文字",
    CutReason.MERGED_SECTIONS: "相邻小节合并",
    CutReason.PACKED_SENTENCES: "按句装满到上限",
    CutReason.TABLE_ROWS: "按整行装满到上限",
    CutReason.CODE_BLOCK: "整个代码块",
    CutReason.CODE_LINES: "代码块超长，按行切开",
    CutReason.HALVED: "单句或单行超长，对半切开",
}
REMOVAL_NAMES = {
    RemovalReason.BOILERPLATE: "网站或导出附带的文字",
    RemovalReason.PAGE_FOOTER: "页眉页脚",
    RemovalReason.REPEATED_TITLE: "重复的标题",
    RemovalReason.HARD_WRAP: "硬换行",
    RemovalReason.EMPTY_FORM: "空表格",
    RemovalReason.MARKUP: "标记与脚本",
}
_SNIPPET_CHARS = 48


def print_preview(console: Console, preview: DocumentPreview) -> None:
    place = preview.path if preview.line is None else f"{preview.path} 第 {preview.line} 行"
    console.print(
        f"[bold]{escape(preview.title)}[/bold] [dim]{KIND_NAMES[preview.kind]} · {escape(preview.document_id)}"
        f" · 版本 {escape(preview.version)} · {escape(place)}[/dim]",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"  {preview.chars} 字，{len(preview.chunks)} 段{_sizes(preview.chunks)}", highlight=False)
    for number, chunk in enumerate(preview.chunks, start=1):
        snippet = " ".join(chunk.text.split())
        more = "…" if len(snippet) > _SNIPPET_CHARS else ""
        console.print(
            f"  {number:>4}. {chunk.tokens:>4} 词元 {len(chunk.text):>5} 字  {REASON_NAMES[chunk.reason]}"
            f"  [cyan]{escape(chunk.citation)}[/cyan]{_parent(chunk)}",
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"        [dim]{escape(snippet[:_SNIPPET_CHARS])}{more}[/dim]", highlight=False, soft_wrap=True)
    for finding in preview.findings:
        where = f"（{finding.label}）" if finding.label else ""
        console.print(f"  [yellow]注意[/yellow] {escape(finding.message + where)}", highlight=False, soft_wrap=True)
    removed = "，".join(f"{REMOVAL_NAMES[reason]} {count} 处" for reason, count in preview.removed.items())
    masked = "，".join(f"{MASKED_NAMES.get(kind, kind)} {count} 处" for kind, count in preview.masked.items())
    if removed:
        console.print(f"  略去：{removed}", highlight=False, soft_wrap=True)
    if masked:
        console.print(f"  已遮蔽个人信息：{masked}", highlight=False, soft_wrap=True)


def _sizes(chunks: tuple[ChunkPreview, ...]) -> str:
    if not chunks:
        return ""
    tokens = sorted(chunk.tokens for chunk in chunks)
    return f"，每段 {tokens[0]} 到 {tokens[-1]} 词元，中位数 {tokens[len(tokens) // 2]}"


def _parent(chunk: ChunkPreview) -> str:
    if chunk.parent_chars == len(chunk.text):
        return ""
    return f" [dim]展开为 {escape(chunk.parent_citation)}（{chunk.parent_chars} 字）[/dim]"
