"""How ingestion scales: texts and chunks a second, peak memory and CPU time from small to large, and their slope.

Every size runs in a process of its own on an empty data folder, so that its peak memory is its own. From
`REAL_VECTORS_UP_TO` chunks on, vectors are drawn at random in place of the model's; reading, parsing, cutting into
chunks (with the model's tokenizer), terms, catalogue and index are the real ones at every size.
"""

import multiprocessing
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.synthetic import load_sentences, write_texts
from ingest.embedder import Embedder, Progress
from ingest.settings import IngestSettings
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
REAL_VECTORS_UP_TO = 1_000
_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


class RandomEmbedder(Embedder):
    """The model's tokenizer and dimension, vectors drawn at random."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        vectors = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dimension)).astype(np.float32)
        if progress:
            progress(len(texts))
        normed: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normed


@dataclass(frozen=True)
class Measured:
    """One size. Memory in MiB: of the warm process before it began, and at its peak; disk of the whole data folder."""

    documents: int
    chunks: int
    real_vectors: bool
    seconds: float
    cpu_seconds: float
    warm_mib: float
    peak_mib: float
    disk_mib: float
    consistent: bool


def measure(corpus: Path, model_dir: Path, chunks: int, *, real_vectors: bool) -> Measured:
    """Ingest about ``chunks`` made-up chunks into an empty data folder, in this process."""
    folder = Path(tempfile.mkdtemp(prefix="kb-ingestion-"))
    try:
        texts = folder / "texts"
        texts.mkdir()
        documents = write_texts(texts, load_sentences(corpus), chunks)
        data_dir = folder / "data"
        data_dir.mkdir()
        (data_dir / "models").symlink_to(model_dir.resolve(), target_is_directory=True)
        settings = IngestSettings(data_dir=data_dir)
        runtime = Runtime(ServiceSettings(data_dir=data_dir), settings)
        if not real_vectors:
            runtime.__dict__["embedder"] = RandomEmbedder.from_settings(settings)
        runtime.open()
        runtime.warm_up()
        _forget_peak()
        warm, cpu, started = _peak_mib(), time.process_time(), time.monotonic()
        report = runtime.indexer.ingest([texts])
        seconds, cpu_seconds = time.monotonic() - started, time.process_time() - cpu
        consistent = report.ok and report.added == documents and runtime.indexer.reconcile().ok
        runtime.close()
        disk = sum(path.stat().st_size for path in data_dir.rglob("*") if path.is_file() and not path.is_symlink())
        return Measured(
            documents, report.chunks, real_vectors, seconds, cpu_seconds, warm, _peak_mib(), disk / 2**20, consistent
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_ingestion(corpus: Path, model_dir: Path, sizes: Sequence[int]) -> str:
    """Measure every size, each in a fresh process, and return the report in Markdown."""
    measured = []
    for size in sizes:
        # A spawned process shares nothing with this one, so its peak is that of the one ingestion.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
            real = size <= REAL_VECTORS_UP_TO
            measured.append(pool.submit(measure, corpus, model_dir, size, real_vectors=real).result())
        if real and size != sizes[-1]:
            with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
                measured.append(pool.submit(measure, corpus, model_dir, size, real_vectors=False).result())
    return render(measured)


def render(measured: Sequence[Measured]) -> str:
    """One row a size, then the slopes over the sizes with drawn vectors."""
    lines = [
        "| 篇数 | 段数 | 向量 | 用时 秒 | 篇/秒 | 段/秒 | CPU 秒/千段 | 预热后 MiB | 峰值 MiB | 磁盘 MiB | 核对一致 |",
        "|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {m.documents:,} | {m.chunks:,} | {'模型' if m.real_vectors else '随机'} | {m.seconds:.1f} "
        f"| {m.documents / m.seconds:.1f} | {m.chunks / m.seconds:.1f} | {m.cpu_seconds / m.chunks * 1_000:.2f} "
        f"| {m.warm_mib:.0f} | {m.peak_mib:.0f} | {m.disk_mib:.0f} | {'是' if m.consistent else '否'} |"
        for m in measured
    ]
    drawn = [m for m in measured if not m.real_vectors]
    if len(drawn) > 1:
        time_slope = fit_exponent([m.chunks for m in drawn], [m.seconds for m in drawn])
        growth = np.polyfit([m.chunks for m in drawn], [m.peak_mib - m.warm_mib for m in drawn], 1)[0]
        lines += [
            "",
            f"用时随段数的指数（1 为线性）：{time_slope:.2f}；峰值内存每增一万段多 {growth * 10_000:.1f} MiB",
        ]
    return "\n".join(lines)


def fit_exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """``b`` of the least-squares fit ``seconds = a * sizes ** b``: 1 is linear, 2 quadratic."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _forget_peak() -> None:
    """Let `_peak_mib` count from now on; where the system can't, loading the model stays in the peak."""
    if _CLEAR_REFS.exists():
        _CLEAR_REFS.write_text("5", encoding="ascii")


def _peak_mib() -> float:
    """Highest resident memory of this process since `_forget_peak`."""
    if _STATUS.exists():
        return int(_PEAK.findall(_STATUS.read_text(encoding="ascii"))[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
