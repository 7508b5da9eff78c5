"""Kills ingestions at random moments and checks each time that nothing is lost, halved or left over.

A folder of small generated texts is edited by chance (added, changed, given a later version, renamed, removed), a
process of its own ingests it, SIGKILL ends it at a random moment. Then the data folder is opened: what `verify`
names, what was published before and has not been touched since and is not there any more, and what is there in
words that no file ever had, is a problem. Every few cycles a run may finish, and the catalogue has to hold exactly
what the folder holds and its history. Database, engine and kill are real, the embedding model is a stand-in
that makes the interesting part of a run long and its start short.
"""

import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from eval.light_embedder import LightEmbedder
from ingest.document import SourceRecord
from ingest.errors import Origin
from ingest.near_duplicates import signature
from ingest.parser import parse
from ingest.report import IngestReport
from ingest.settings import IngestSettings
from ingest.verification import ProblemCode
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings

_SECONDS_PER_PASSAGE = 0.002
_FINISH_EVERY = 10
_FEWEST_FILES = 8
_LONGEST_START_SECONDS = 120
_LONGEST_RUN_SECONDS = 120
_WORDS = "设备线路接口电源网络终端打印扫描备份恢复登录权限密码证书服务器客户端日志告警升级回退检查记录确认联系"
_UNFINISHED_WORK = {ProblemCode.STALE_CHUNK, ProblemCode.ORPHAN_CHUNK}
"""What a killed run may leave and the next one mends: no search is misled by it."""

Identity = tuple[str, str]


@dataclass
class CrashReport:
    """What a series of runs came to; ``problems`` is empty where all went well."""

    runs: int = 0
    killed: int = 0
    published: int = 0
    problems: list[str] = field(default_factory=list)


class GeneratedFolder:
    """A folder of texts that changes by chance, and what may and what must be published of it."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self._random = random.Random(seed)
        self._count = 0
        self._days: dict[str, int] = {}
        self.ever: dict[Identity, set[str]] = {}
        """Every text that a file has ever stated for a version."""
        self.stated: dict[Identity, str] = {}
        """What the files state now."""
        path.mkdir()
        # Never touched, so that the folder is never empty.
        self._write("fixed", 0)

    def mutate(self) -> set[str]:
        """Change some files; return the documents concerned."""
        touched: set[str] = set()
        for _ in range(self._random.randint(1, 4)):
            names = sorted(name for name in self._days if name not in touched and name != "fixed")
            kind = self._random.choice(("add", "add", "edit", "edit", "later", "rename", "remove"))
            if kind == "add" or len(names) < _FEWEST_FILES:
                self._count += 1
                touched.add(self._write(f"doc{self._count}", 0))
            elif kind == "edit":
                name = self._random.choice(names)
                touched.add(self._write(name, self._days[name]))
            elif kind == "later":
                name = self._random.choice(names)
                touched.add(self._write(name, self._days[name] + self._random.randint(1, 30)))
            elif kind == "rename":
                touched |= self._rename(self._random.choice(names))
            else:
                name = self._random.choice(names)
                self._forget(name)
                (self.path / f"{name}.md").unlink()
                touched.add(name)
        return touched

    def _write(self, name: str, days: int) -> str:
        self._days[name] = days
        version = f"2024-{1 + days // 28:02}-{1 + days % 28:02}" if days < 28 * 12 else f"{2025 + days // 336}-01-01"
        body = "\n\n".join(
            f"第{number}条 " + "".join(self._random.choices(_WORDS, k=self._random.randint(20, 120))) + "。"
            for number in range(1, self._random.randint(2, 40))
        )
        text = f"---\nkind: regulation\neffective_from: {version}\n---\n# 办法 {name}\n\n{body}\n"
        (self.path / f"{name}.md").write_text(text, encoding="utf-8")
        self._state((name, version), _reads_as(name, text))
        return name

    def _rename(self, name: str) -> set[str]:
        self._count += 1
        renamed = f"doc{self._count}"
        (identity,) = (identity for identity in self.stated if identity[0] == name)
        text = self.stated[identity]
        (self.path / f"{name}.md").rename(self.path / f"{renamed}.md")
        self._days[renamed] = self._days[name]
        self._forget(name)
        self._state((renamed, identity[1]), text)
        return {name, renamed}

    def _state(self, identity: Identity, text: str) -> None:
        for former in [known for known in self.stated if known[0] == identity[0]]:
            del self.stated[former]
        self.stated[identity] = text
        self.ever.setdefault(identity, set()).add(text)

    def _forget(self, name: str) -> None:
        self._days.pop(name)
        for identity in [known for known in self.stated if known[0] == name]:
            del self.stated[identity]


def _reads_as(name: str, content: str) -> str:
    """The text that has to be published of a file; words drawn at random may look like a name, which is masked."""
    [document] = parse(SourceRecord(name, "markdown", Origin(name), content, ""))
    return squeezed(document.text)


def squeezed(text: str) -> str:
    """A text without its white space, which reading may set otherwise."""
    return "".join(text.split())


def run_crash(folder: Path, kills: int, seed: int = 7, tell: Callable[[str], None] | None = None) -> CrashReport:
    """Go on in the empty ``folder`` until ``kills`` runs were killed; ``tell`` hears of each run."""
    report = CrashReport()
    chance = random.Random(seed)
    sources, data_dir = GeneratedFolder(folder / "sources", seed), folder / "data"
    published: dict[Identity, str] = {}
    usual_seconds = 1.0
    while report.killed < kills:
        sources.mutate()
        # Every now and then a run may finish, so that more and more is at stake.
        may_finish = report.runs % _FINISH_EVERY == 0
        started_seconds = _run_and_kill(
            data_dir, sources.path, _LONGEST_RUN_SECONDS if may_finish else chance.uniform(0, usual_seconds)
        )
        finished = started_seconds is not None
        # Runs that are killed leave work behind, so that the next ones take longer.
        usual_seconds = usual_seconds * 1.1 if started_seconds is None else (usual_seconds + started_seconds) / 2
        report.runs += 1
        report.killed += not finished
        before = published
        published, problems = _look(data_dir, recover=finished or chance.random() < 0.5)
        problems += compare(sources, before, published)
        problems += compare_finished(sources, published) if finished else []
        report.problems += [f"run {report.runs}: {problem}" for problem in problems]
        report.published = len(published)
        if tell:
            end = "finished" if finished else f"killed ({report.killed}/{kills})"
            tell(f"run {report.runs} {end}, {report.published} versions, {len(report.problems)} problems")
    return report


def _run_and_kill(data_dir: Path, sources: Path, after_seconds: float) -> float | None:
    """Ingest in a process of its own; return how long it took, or None where it was killed."""
    # Forked from a process that has everything imported and no engine opened: real processes, started in no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=ingest_folder, args=(data_dir, sources, sender))
    process.start()
    sender.close()
    try:
        if not receiver.poll(_LONGEST_START_SECONDS):
            raise TimeoutError("the ingesting process did not start")
        receiver.recv()
        started = time.monotonic()
        process.join(after_seconds)
        seconds = time.monotonic() - started
        if process.exitcode == 0:
            return seconds
        if process.exitcode is not None:
            raise RuntimeError(f"the ingesting process failed with {process.exitcode}")
        return None
    finally:
        process.kill()
        process.join()
        process.close()
        receiver.close()


def ingest_folder(data_dir: Path, sources: Path, sender: Connection) -> None:
    """What the killed process does; it says when the interesting part begins."""
    runtime = _open(data_dir, _SECONDS_PER_PASSAGE)
    runtime.sparse_encoder.tokenizer.analyze("预热")
    runtime.store.count_documents()
    signature("预热")
    sender.send("ready")
    report: IngestReport = runtime.indexer.ingest([sources])
    if not report.ok:
        raise RuntimeError(str(report.failures))
    runtime.close()


def _open(data_dir: Path, seconds_per_passage: float = 0.0) -> Runtime:
    # Small batches, so that a run consists of many transactions.
    settings = IngestSettings(data_dir=data_dir, batch_chunks=16)
    runtime = Runtime(ServiceSettings(data_dir=data_dir), settings)
    runtime.__dict__["embedder"] = LightEmbedder(seconds_per_passage)
    runtime.open(timeout_seconds=10)
    return runtime


def _look(data_dir: Path, *, recover: bool) -> tuple[dict[Identity, str], list[str]]:
    """What is published now, and what is wrong with it: at once, as a search meets it that comes before anything is
    mended, and once more after recovery. Without ``recover``, that is left to the next run."""
    runtime = _open(data_dir)
    try:
        found = [f"at once: {p}" for p in runtime.indexer.verify() if p.code not in _UNFINISHED_WORK]
        if recover:
            runtime.indexer.recover()
            found += [f"recovered: {problem}" for problem in runtime.indexer.verify()]
        published = {
            (stored.document.document_id, stored.document.version): squeezed(stored.document.text)
            for stored in runtime.catalogue.iter_published()
        }
    finally:
        runtime.close()
    return published, found


def compare(sources: GeneratedFolder, before: dict[Identity, str], after: dict[Identity, str]) -> list[str]:
    """What a killed run may not do: lose or alter what was published and still stands, or make texts up."""
    found = [
        f"{identity} has a text that no file ever had"
        for identity, text in after.items()
        if text not in sources.ever.get(identity, set())
    ]
    versions = dict(sources.stated)
    current = dict(versions.keys())
    for identity, text in before.items():
        name, version = identity
        if name not in current:
            continue
        is_history, stands = version < current[name], versions.get(identity) == text
        if (is_history or stands) and after.get(identity) != text:
            found.append(f"{identity} was published, still stands and is lost")
        if not any(other == name for other, _ in after):
            found.append(f"{name} was published, is still in the folder and has no version left")
    return found


def compare_finished(sources: GeneratedFolder, after: dict[Identity, str]) -> list[str]:
    """Where the catalogue differs from the folder after a whole run, history aside."""
    current = dict(sources.stated.keys())
    found = [
        f"{identity} is in the folder and not published"
        for identity, text in sources.stated.items()
        if after.get(identity) != text
    ]
    found += [
        f"{(name, version)} is published and not in the folder"
        for name, version in after
        if version > current.get(name, "")
    ]
    return found
