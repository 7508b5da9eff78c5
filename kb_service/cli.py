"""The ``kb`` command."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from ingest.chunking.chunker import Chunker
from ingest.chunking.preview import DocumentPreview, iter_previews
from ingest.document import Kind
from ingest.embedder import Embedder
from ingest.errors import IngestError
from ingest.report import Failure, IngestReport, Listener
from ingest.settings import IngestSettings
from kb_service.chunk_listing import print_preview
from kb_service.console import (
    IngestDisplay,
    WatchDisplay,
    print_document,
    print_documents,
    print_duplicates,
    print_failure,
    print_hits,
    print_report,
    print_status,
    print_verification,
)
from kb_service.errors import ServiceError
from kb_service.operations.local import LocalOperations
from kb_service.operations.opening import open_operations
from kb_service.operations.protocol import Operations
from kb_service.search.models import SearchFilters, SearchRequest
from kb_service.settings import ServiceSettings

app = typer.Typer(name="kb", help="技术支持知识库", no_args_is_help=True, pretty_exceptions_enable=False)
documents = typer.Typer(help="查看与删除文档", no_args_is_help=True)
app.add_typer(documents, name="documents")

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Kinds = Annotated[list[Kind] | None, typer.Option("--kind", help="只查这一类，可重复")]


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹")],
    watch: Annotated[bool, typer.Option("--watch", help="导入后继续监视这个文件夹，直到 Ctrl+C")] = False,
) -> None:
    """导入文件：新增和有变化的进入索引，未变的跳过，文件夹里已不存在的删除；有文件失败时退出码为 1。"""
    if watch:
        _watch(paths)
        return
    with _operations() as operations:
        report = _show_progress(lambda listen: operations.ingest(paths, listen))
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="问题、关键词或错误码")],
    kinds: Kinds = None,
    limit: Annotated[int, typer.Option(help="最多几条", min=1, max=50)] = 10,
    effective_on: Annotated[str | None, typer.Option("--on", help="按这一天有效的版本查，YYYY-MM-DD")] = None,
    explain: Annotated[bool, typer.Option(help="说明每条为何命中")] = False,
    as_json: AsJson = False,
) -> None:
    """检索，并给出出处。"""
    with _operations() as operations:
        request = SearchRequest(
            query=text,
            limit=limit,
            filters=SearchFilters.model_validate({"kinds": kinds or [], "effective_on": effective_on}),
            explain=explain,
        )
        response = operations.search(request)
    if as_json:
        _print_json(response.model_dump_json(indent=2))
    else:
        print_hits(_console(), response)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，默认 127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口，默认 8000；0 为任意空闲端口", min=0, max=65535)] = None,
    ingest_first: Annotated[list[Path] | None, typer.Option("--ingest", help="启动前先导入")] = None,
    sample: Annotated[str | None, typer.Option(help="启动前检索这一句并显示结果")] = None,
) -> None:
    """启动网页与 API；运行期间其他 kb 命令会自动转交给它。"""
    # Imported here, since the other commands need no web server.
    from kb_service.runtime import Runtime
    from kb_service.serving import bind, listening_url
    from kb_service.serving import serve as serve_until_stopped

    with _explained():
        settings = ServiceSettings()
        listener = bind(host or settings.host, settings.port if port is None else port)
        runtime = Runtime(settings, IngestSettings())
        runtime.open(settings.busy_timeout_seconds)
        runtime.require_service_levels()
        runtime.require_obligations()
        runtime.require_integrations()
        if ingest_first:
            operations = LocalOperations(runtime)
            _show_progress(lambda listen: operations.ingest(ingest_first, listen))
        runtime.warm_up()
        # What the first suggestion and the first report would wait for.
        runtime.suggestions.warm_up()
        runtime.reports.facts.refresh()
        if sample:
            _console().print(f"\n[bold]试查[/bold] {sample}")
            print_hits(_console(), LocalOperations(runtime).search(SearchRequest(query=sample, limit=3)))
        _console().print(f"\n服务已启动：{listening_url(listener)}  （Ctrl+C 停止）")
        serve_until_stopped(runtime, listener)


@app.command()
def status(as_json: AsJson = False) -> None:
    """显示文档与索引的数量，并逐段核对二者是否一致；不一致时退出码为 1。"""
    with _operations() as operations:
        figures = operations.status()
    if as_json:
        _print_json(figures.model_dump_json(indent=2))
    else:
        print_status(_console(), figures)
    if not figures.consistent:
        raise typer.Exit(1)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """核对全部出处：逐条、逐段比对原文与保存的校验值，并比对索引与目录；有问题时列出，退出码为 1。"""
    with _operations() as operations:
        verification = operations.verify()
    if as_json:
        _print_json(verification.model_dump_json(indent=2))
    else:
        print_verification(_console(), verification)
    if not verification.ok:
        raise typer.Exit(1)


@app.command()
def duplicates(as_json: AsJson = False) -> None:
    """列出内容几乎相同的文档。"""
    with _operations() as operations:
        found = operations.list_duplicates()
    if as_json:
        _print_json(found.model_dump_json(indent=2))
    else:
        print_duplicates(_console(), found)


@app.command()
def rebuild() -> None:
    """用当前设置和目录中保存的原文重建索引。"""
    with _operations() as operations:
        _show_progress(operations.rebuild)


@documents.command("list")
def list_documents(
    kind: Annotated[Kind | None, typer.Option(help="只列这一类")] = None, as_json: AsJson = False
) -> None:
    """列出全部文档。"""
    with _operations() as operations:
        page = operations.list_documents(kind, None)
        items = page.documents
        while page.next_cursor:
            page = operations.list_documents(kind, page.next_cursor)
            items.extend(page.documents)
    if as_json:
        _print_json("[" + ",\n".join(item.model_dump_json() for item in items) + "]")
    else:
        print_documents(_console(), items)


@documents.command("show")
def show_document(
    document_id: Annotated[str, typer.Argument(help="文档编号")],
    version: Annotated[str | None, typer.Option(help="版本，默认今天有效的")] = None,
    as_json: AsJson = False,
) -> None:
    """显示一篇文档。"""
    with _operations() as operations:
        document = operations.get_document(document_id, version)
    if as_json:
        _print_json(document.model_dump_json(indent=2))
    else:
        print_document(_console(), document)


@documents.command("remove")
def remove_document(document_id: Annotated[str, typer.Argument(help="文档编号")]) -> None:
    """删除一篇文档及其全部版本；命令返回时它已不在任何检索结果中。"""
    with _operations() as operations:
        versions = operations.remove_document(document_id)
    _console().print(f"已删除 {document_id}（{versions} 个版本）")


@app.command()
def chunks(paths: Annotated[list[Path], typer.Argument(help="文件或文件夹")], as_json: AsJson = False) -> None:
    """预览文件会怎样切分，不写入索引：各段的大小、出处与切分理由，以及原文的问题；有文件失败时退出码为 1。"""
    with _explained():
        settings = IngestSettings()
        embedder = Embedder.from_settings(settings)
        chunker = Chunker.for_model(embedder.count_tokens, embedder.max_tokens, settings.chunk_max_tokens)
        found: dict[str, list[Any]] = {"documents": [], "failures": []}
        for one in iter_previews(paths, chunker, settings.max_source_bytes):
            found["failures" if isinstance(one, Failure) else "documents"].append(one)
            if isinstance(one, DocumentPreview) and not as_json:
                print_preview(_console(), one)
            elif isinstance(one, Failure) and not as_json:
                print_failure(_console(), one)
    if as_json:
        _print_json(json.dumps(found, ensure_ascii=False, indent=2, default=asdict))
    if found["failures"]:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the ``kb`` command."""
    app()


@contextmanager
def _operations() -> Iterator[Operations]:
    with _explained():
        operations = open_operations(ServiceSettings(), IngestSettings())
        try:
            yield operations
        finally:
            operations.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn the errors that a user can do something about into one line and exit code 1."""
    try:
        yield
    except IngestError as error:
        _fail(str(error))
    except ServiceError as error:
        _fail(error.detail)
    except ValidationError as error:
        _fail("；".join(f"“{'.'.join(map(str, item['loc']))}”{item['msg']}" for item in error.errors()))


def _fail(message: str) -> NoReturn:
    Console(stderr=True).print(f"[red]错误[/red] {message}", soft_wrap=True)
    raise typer.Exit(1)


def _watch(paths: list[Path]) -> None:
    # Imported here, since the other commands watch nothing.
    from kb_service.runtime import Runtime
    from kb_service.watching import UnwatchableFolderError, follow

    with _explained():
        if len(paths) != 1:
            raise UnwatchableFolderError("--watch 一次只能监视一个文件夹")
        settings, ingest_settings = ServiceSettings(), IngestSettings()
        runtime = Runtime(settings, ingest_settings)
        console = _console()
        console.print(f"监视 {paths[0]}（Ctrl+C 停止）", soft_wrap=True)
        display = WatchDisplay(console)
        stop = Event()
        try:
            _set_on_signal(stop)
            follow(
                paths[0],
                lambda: open_operations(settings, ingest_settings, runtime),
                display,
                lambda message: console.print(f"[red]错误[/red] {escape(message)}", soft_wrap=True),
                stop,
            )
        except KeyboardInterrupt:
            pass
        finally:
            display.close()
        console.print("已停止监视")


def _set_on_signal(stop: Event) -> None:
    """Ask for an orderly end at the first Ctrl+C or SIGTERM; the next one interrupts.

    The interrupt alone is not enough: raised while an object is being finalised, it is lost.
    """

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)


def _show_progress(work: Callable[[Listener], IngestReport]) -> IngestReport:
    console = _console()
    with IngestDisplay(console) as display:
        report = work(display)
    print_report(console, report)
    return report


def _console() -> Console:
    return Console()


def _print_json(text: str) -> None:
    sys.stdout.write(text + "\n")
