"""Real parts, shared: the unpacked model is kept between runs, the indexed corpus within one."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from hypothesis import settings

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from ingest.embedder import Embedder
from ingest.settings import IngestSettings
from kb_service.app import build_app
from kb_service.operations.registration import Registration, find_service
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings

# A change passes or fails by what it changes, on slow machines too; `make fuzz` looks for new cases.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("fixed")

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"
OPERATOR_TOKEN = "test-token"
LOOPBACK_URL = "http://127.0.0.1"
_CACHE = ROOT / ".kb-test"
_START_SECONDS = 120

RuntimeBuilder = Callable[[Path], Runtime]


def require_shared(*parts: str) -> Path:
    """A path of the shared material; the test skips, saying so, where it is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared/{'/'.join(parts)} is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The folder with the unpacked default model; made once and kept for later runs."""
    folder = _CACHE / "models"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(_CACHE / "models.lock"):
        Embedder(IngestSettings().embedding_model, folder).warm_up()
    return folder


@pytest.fixture(scope="session")
def embedder(model_dir: Path) -> Embedder:
    """The default model, loaded."""
    loaded = Embedder(IngestSettings().embedding_model, model_dir)
    loaded.warm_up()
    return loaded


@pytest.fixture(scope="session")
def new_data_dir(model_dir: Path) -> Callable[[Path], Path]:
    """Makes a data folder that has the model already."""

    def make(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "models").symlink_to(model_dir.resolve(), target_is_directory=True)
        return folder

    return make


@pytest.fixture(scope="session")
def build_runtime(new_data_dir: Callable[[Path], Path], embedder: Embedder) -> RuntimeBuilder:
    """Makes and opens a runtime on a new data folder, or reopens one; the loaded model is shared."""

    def build(folder: Path) -> Runtime:
        if not (folder / "models").exists():
            new_data_dir(folder)
        runtime = Runtime(ServiceSettings(data_dir=folder), IngestSettings(data_dir=folder))
        runtime.__dict__["embedder"] = embedder
        runtime.open()
        return runtime

    return build


@pytest.fixture(scope="session")
def corpus_data_dir(tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder) -> Path:
    """A data folder with the whole corpus in its index, one for all processes of a run. Not to be changed: copy it."""
    base = tmp_path_factory.getbasetemp()
    whole_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = whole_run / "corpus" / "data", whole_run / "corpus" / "done"
    with FileLock(whole_run / "corpus.lock"):
        if not done.exists():
            folder.parent.mkdir(exist_ok=True)
            runtime = build_runtime(folder)
            report = runtime.indexer.ingest([CORPUS])
            assert report.ok, report.failures
            runtime.close()
            done.touch()
    return folder


def copy_data_dir(source: Path, target: Path) -> Path:
    """A copy of a data folder whose service is not running."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.lock", "service.json"))
    return target


@pytest.fixture(scope="session")
def runtime(
    corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory, build_runtime: RuntimeBuilder
) -> Iterator[Runtime]:
    """An opened runtime on the corpus, for reading."""
    opened = build_runtime(copy_data_dir(corpus_data_dir, tmp_path_factory.mktemp("runtime") / "data"))
    opened.warm_up()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def client(runtime: Runtime) -> Iterator[TestClient]:
    """The real application over the corpus, asked from loopback without the operator's token."""
    app = build_app(runtime, OPERATOR_TOKEN)
    with TestClient(
        app, base_url=LOOPBACK_URL, client=("127.0.0.1", 50_000), raise_server_exceptions=False
    ) as test_client:
        yield test_client


class RunningService:
    """A ``kb serve`` process on a free port, with further settings from ``environment``."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.environment = {**os.environ, **(environment or {}), "KB_DATA_DIR": str(data_dir), "KB_PORT": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kb_service", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.registration = self._wait()
        self.url = self.registration.url

    def _wait(self) -> Registration:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if registration := find_service(self.data_dir):
                return registration
            time.sleep(0.1)
        self.process.kill()
        output = self.process.communicate()[0]
        raise AssertionError(f"kb serve did not start:\n{output}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another ``kb`` command on the same data folder."""
        return run_kb(self.data_dir, *arguments)

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


def run_kb(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``kb`` as its users do, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kb_service", *arguments],
        cwd=ROOT,
        env={**os.environ, "KB_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def service(corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A serving process over the corpus, for reading; pages and commands meet it as users do."""
    running = RunningService(copy_data_dir(corpus_data_dir, tmp_path_factory.mktemp("service") / "data"))
    assert httpx.get(f"{running.url}/readyz").status_code == httpx.codes.OK
    yield running
    running.stop()
