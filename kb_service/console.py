"""What commands print: progress bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ingest.document import Kind
from ingest.privacy.masking import PLACEHOLDERS
from ingest.report import Event, Failure, IngestReport
from ingest.report import Progress as IngestProgress
from kb_service.knowledge.duplicates import DuplicateList
from kb_service.knowledge.models import DocumentDetail, DocumentItem
from kb_service.operations.models import StatusResponse, VerificationResponse
from kb_service.search.models import Hit, LimitName, SearchResponse

PART_NAMES = {"dense": "语义", "sparse": "关键词", "identifiers": "编号"}
LIMIT_NAMES: dict[LimitName, str] = {
    "access": "有权查看",
    "effective_on": "当日有效",
    "kinds": "所选类型",
    "document_ids": "所选文档",
    "products": "所选产品",
}
KIND_NAMES = {Kind.REGULATION: "制度", Kind.FAQ: "常见问题", Kind.MANUAL: "手册", Kind.TICKET: "工单"}

MASKED_NAMES = {kind.value: placeholder.strip("[]") for kind, placeholder in PLACEHOLDERS.items()}

_PLAIN_INTERVAL_SECONDS = 5.0
_SNIPPET_CHARS = 160


class _Rate(ProgressColumn):
    """Documents and chunks so far, and the rate of the latter."""

    def render(self, task: Task) -> Text:
        documents, chunks = int(task.fields.get("documents", 0)), int(task.fields.get("chunks", 0))
        rate = chunks / task.elapsed if task.elapsed else 0.0
        return Text(f"{documents} 篇 {chunks} 段 {rate:.1f} 段/秒")


class IngestDisplay:
    """A listener that shows an ingestion while it runs; use as a context manager and call with each event."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("导入"),
            BarColumn(),
            TaskProgressColumn(),
            _Rate(),
            TextColumn("剩余"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("导入", total=None, visible=False)
        self._started = self._last_line = time.monotonic()

    def __enter__(self) -> "IngestDisplay":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Failure):
            print_failure(self._bar.console, event)
        elif isinstance(event, IngestProgress):
            self._bar.update(
                self._task,
                # Without a total, the bar says that it does not know.
                total=event.work_total or None,
                completed=event.work_done,
                documents=event.documents,
                chunks=event.chunks,
                visible=True,
            )
            self._plain_line(event)

    def _plain_line(self, event: IngestProgress) -> None:
        now = time.monotonic()
        if self._console.is_terminal or now - self._last_line < _PLAIN_INTERVAL_SECONDS:
            return
        self._last_line = now
        elapsed = now - self._started
        share = event.work_done / event.work_total if event.work_total else 0.0
        left = f"，完成 {share:.0%}，约剩 {elapsed * (1 - share) / share:.0f} 秒" if share else ""
        self._console.print(
            f"已导入 {event.documents} 篇，{event.chunks} 段，{event.chunks / elapsed:.1f} 段/秒{left}", highlight=False
        )


def print_failure(console: Console, failure: Failure) -> None:
    console.print(f"[red]失败[/red] {escape(str(failure))}", soft_wrap=True)


class WatchDisplay:
    """A listener that shows one ingestion after another, each with its report unless nothing has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._current: IngestDisplay | None = None
        self._is_first = True

    def __call__(self, event: Event) -> None:
        if not isinstance(event, IngestReport):
            if self._current is None:
                self._current = IngestDisplay(self._console).__enter__()
            self._current(event)
            return
        self.close()
        if self._is_first or event.added or event.updated or event.removed or event.failures:
            print_report(self._console, event)
        self._is_first = False

    def close(self) -> None:
        """Take the progress bar away, if one is shown."""
        if self._current is not None:
            self._current.__exit__(None, None, None)
            self._current = None


def print_report(console: Console, report: IngestReport) -> None:
    console.print(
        f"新增 {report.added} 篇，更新 {report.updated} 篇，未变 {report.unchanged} 篇，删除 {report.removed} 篇，"
        f"写入 {report.chunks} 段（重新向量化 {report.embedded} 段），"
        f"失败 {len(report.failures)} 处，用时 {report.seconds:.1f} 秒",
        soft_wrap=True,
    )
    if report.masked:
        counts = "，".join(
            f"{MASKED_NAMES.get(kind, kind)} {count} 处" for kind, count in sorted(report.masked.items())
        )
        console.print(f"已遮蔽个人信息：{counts}", soft_wrap=True)


def print_hits(console: Console, response: SearchResponse) -> None:
    _print_reading(console, response)
    if not response.hits:
        limits = response.explanation.limits if response.explanation else []
        is_bare = bool(limits) and limits[0].chunks == 0
        way = "知识库里还没有内容，请先用 kb ingest 导入" if is_bare else "可以换个说法，或去掉筛选条件"
        console.print(f"没有找到相关内容。{way}")
    elif not response.answered:
        console.print("[yellow]没有找到足够可靠的答案，以下是最接近的内容[/yellow]")
    for hit in response.hits:
        product = f" · {hit.product}" if hit.product else ""
        console.print(
            f"[bold]{hit.rank}. {escape(hit.title)}[/bold] [dim]{KIND_NAMES[hit.kind]}{escape(product)}[/dim]"
        )
        console.print(f"   出处 [cyan]{escape(hit.citation.label)}[/cyan]", soft_wrap=True)
        if hit.answer:
            console.print("   [green]答案[/green] " + escape(" ".join(hit.answer.text.split())), soft_wrap=True)
        console.print(_snippet(hit), soft_wrap=True)
        if not hit.in_force:
            console.print("   [red]今天不在有效期内[/red]")
        for passage in hit.more[:2]:
            console.print(f"   另见 {escape(passage.citation.label)}", style="dim", soft_wrap=True)
        for twin in hit.twins:
            console.print(
                f"   几乎相同：《{escape(twin.title)}》{escape(twin.document_id)}", style="dim", soft_wrap=True
            )
        if hit.explanation:
            why = hit.explanation
            if why.named_clause:
                console.print(f"   查询点名：{escape(why.named_clause)}", style="dim", soft_wrap=True)
            console.print(
                f"   得分 {hit.score:.3f}{_parts(why.parts)}，语义第 {why.dense_rank or '—'} 名，"
                f"关键词第 {why.sparse_rank or '—'} 名，命中词：{'、'.join(why.matched_terms) or '—'}",
                style="dim",
                highlight=False,
                soft_wrap=True,
            )
    console.print(f"[dim]{len(response.hits)} 条，用时 {response.took_ms:.0f} 毫秒[/dim]")


def _parts(parts: Mapping[str, float]) -> str:
    told = [f"{PART_NAMES[name]} {value:.3f}" for name, value in parts.items() if value]
    return f"（{' + '.join(told)}）" if told else ""


def _print_reading(console: Console, response: SearchResponse) -> None:
    """How the query was read; for ``--explain``, or where nothing was found."""
    why = response.explanation
    if why is None:
        return
    lines = {
        "查询词": "、".join(why.terms) or "—",
        "补上的书面词": "、".join(why.added),
        "编号": "、".join(why.identifiers),
        "候选": f"语义 {why.candidates.get('dense', 0)} 段，关键词 {why.candidates.get('sparse', 0)} 段",
        "逐条限制后": " → ".join(f"{LIMIT_NAMES[limit.name]} {limit.chunks} 段" for limit in why.limits),
        "可信度": f"{response.confidence:.2f}（低于 {why.threshold:.2f} 视为没有答案）",
    }
    for name, value in lines.items():
        if value:
            console.print(f"[dim]{name}：{escape(value)}[/dim]", highlight=False, soft_wrap=True)


def _snippet(hit: Hit) -> Text:
    """The stretch of the text around its first match, matches marked."""
    first = hit.highlights[0].start if hit.highlights else 0
    start = max(0, min(first - _SNIPPET_CHARS // 4, len(hit.text) - _SNIPPET_CHARS))
    window = Text(hit.text[start : start + _SNIPPET_CHARS].replace("\n", " "))
    for span in hit.highlights:
        window.stylize("bold yellow", max(0, span.start - start), max(0, span.end - start))
    tail = "…" if start + _SNIPPET_CHARS < len(hit.text) else ""
    return Text("   " + ("…" if start else "")) + window + Text(tail)


def print_documents(console: Console, documents: list[DocumentItem]) -> None:
    table = Table("编号", "类型", "标题", "版本", "生效", "失效")
    for item in documents:
        period = [str(day) if day else "" for day in (item.effective_from, item.effective_to)]
        table.add_row(
            escape(item.document_id), KIND_NAMES[item.kind], escape(item.title), escape(item.version), *period
        )
    console.print(table)


def print_document(console: Console, document: DocumentDetail) -> None:
    force = "现行有效" if document.in_force else "当前无效"
    console.print(
        f"[bold]{escape(document.title)}[/bold]  {KIND_NAMES[document.kind]} 版本 {document.version}（{force}）"
    )
    if len(document.versions) > 1:
        console.print("版本：" + "、".join(version.version for version in document.versions))
    console.print(document.text, markup=False, highlight=False, soft_wrap=True)


def print_duplicates(console: Console, found: DuplicateList) -> None:
    if not found.groups:
        console.print("没有内容几乎相同的文档")
    for group in found.groups:
        console.print(
            f"[bold]{len(group.documents)} 篇几乎相同[/bold]，相似度 {group.similarity:.0%} 以上", highlight=False
        )
        for one in group.documents:
            named = f"{escape(one.title)} [dim]{escape(one.document_id)} · 版本 {escape(one.version)}[/dim]"
            console.print(f"  {named}", highlight=False, soft_wrap=True)


def print_verification(console: Console, verification: VerificationResponse) -> None:
    if verification.ok:
        console.print(f"{verification.versions} 个版本、{verification.chunks} 段全部核对无误")
        return
    for problem in verification.problems:
        place = " ".join(part for part in (problem.document_id, problem.version, problem.place) if part)
        console.print(f"[red]问题[/red] {escape(place)}：{escape(problem.message)}", highlight=False, soft_wrap=True)
    if verification.total > len(verification.problems):
        console.print(f"另有 {verification.total - len(verification.problems)} 处未列出")
    remedy = "索引与目录不同的，请运行 kb rebuild；原文与校验值不符的，请重新导入该文档"
    console.print(f"共 {verification.total} 处问题。{remedy}", soft_wrap=True)


def print_status(console: Console, status: StatusResponse) -> None:
    engine = "Qdrant 服务器" if status.engine == "server" else "内嵌引擎"
    console.print(f"数据目录 {status.data_dir}（{engine}，模型 {status.embedding_model}）", soft_wrap=True)
    console.print(
        f"{status.documents} 篇文档，{status.versions} 个版本，{status.chunks} 段；索引 {status.indexed_chunks} 段"
    )
    if status.consistent:
        console.print("索引与目录一致")
        return
    differences = f"缺 {status.missing_chunks} 段，多 {status.orphan_chunks} 段"
    console.print(f"[red]索引与目录不一致[/red]：{differences}。请运行 kb rebuild", soft_wrap=True)
