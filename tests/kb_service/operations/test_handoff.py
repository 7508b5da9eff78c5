"""While a service runs, the other commands hand their work to it; nobody meets a lock error."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ingest.errors import EngineBusyError
from ingest.settings import IngestSettings
from kb_service.operations.local import LocalOperations
from kb_service.operations.opening import open_operations
from kb_service.operations.registration import Registration, find_service
from kb_service.operations.remote import RemoteOperations
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings
from tests.conftest import RunningService, copy_data_dir, run_kb


@pytest.fixture(scope="module")
def serving(corpus_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service of its own, since these tests change its index."""
    running = RunningService(copy_data_dir(corpus_data_dir, tmp_path_factory.mktemp("handoff") / "data"))
    yield running
    running.stop()


def test_commands_reach_the_service(serving: RunningService, tmp_path: Path) -> None:
    source = tmp_path / "coffee.md"
    source.write_text("# 咖啡机使用须知\n\n水箱缺水灯亮时先加水，再长按冲泡键三秒。\n", encoding="utf-8")
    ingested = serving.run("ingest", str(source))
    assert ingested.returncode == 0, ingested.stderr
    assert "新增 1 篇" in ingested.stdout
    found = json.loads(serving.run("search", "咖啡机缺水灯亮", "--json").stdout)
    assert found["hits"][0]["document_id"] == "coffee"
    over_http = httpx.post(f"{serving.url}/v1/search", json={"query": "咖啡机缺水灯亮"}).json()
    assert over_http["hits"][0]["document_id"] == "coffee"
    shown = serving.run("documents", "show", "coffee")
    assert "长按冲泡键三秒" in shown.stdout
    assert "coffee" in serving.run("documents", "list", "--kind", "manual", "--json").stdout
    assert serving.run("documents", "remove", "coffee").returncode == 0
    gone = httpx.post(f"{serving.url}/v1/search", json={"query": "咖啡机缺水灯亮"}).json()
    assert "coffee" not in {hit["document_id"] for hit in gone["hits"]}
    status = json.loads(serving.run("status", "--json").stdout)
    assert status["consistent"] is True
    assert json.loads(serving.run("verify", "--json").stdout)["ok"] is True
    assert "groups" in json.loads(serving.run("duplicates", "--json").stdout)
    assert httpx.get(f"{serving.url}/v1/verification").status_code == httpx.codes.UNAUTHORIZED


def test_failures_and_exit_code_come_through(serving: RunningService, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{nope\n", encoding="utf-8")
    result = serving.run("ingest", str(tmp_path / "broken.jsonl"))
    assert result.returncode == 1
    assert "第 1 行" in result.stdout
    missing = serving.run("documents", "remove", "no-such-document")
    assert missing.returncode == 1
    assert "no-such-document" in missing.stderr


def test_progress_is_streamed_as_lines_of_json(serving: RunningService, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 甲\n\n第一段。\n", encoding="utf-8")
    headers = {"Authorization": f"Bearer {serving.registration.token}"}
    body = {"paths": [str(tmp_path / "a.md")]}
    with httpx.stream("POST", f"{serving.url}/v1/ingestions", json=body, headers=headers, timeout=60) as response:
        events = [json.loads(line)["event"] for line in response.iter_lines()]
    assert events[0] == "progress"
    assert events[-1] == "report"


def test_the_note_is_readable_by_its_owner_alone(serving: RunningService) -> None:
    assert (serving.data_dir / "service.json").stat().st_mode & 0o077 == 0


def test_a_note_left_by_a_killed_service_does_not_count(
    tmp_path: Path, new_data_dir: Callable[[Path], Path], serving: RunningService
) -> None:
    folder = new_data_dir(tmp_path / "data")
    Registration("http://127.0.0.1:9", "token", 1).write(folder)
    assert find_service(folder) is None
    # Another service that answers on that port is not ours either.
    Registration(serving.url, "another token", 1).write(folder)
    assert find_service(folder) is None
    operations = open_operations(ServiceSettings(data_dir=folder), IngestSettings(data_dir=folder))
    assert isinstance(operations, LocalOperations)
    operations.close()


def test_a_service_found_gets_the_work(serving: RunningService) -> None:
    settings = ServiceSettings(data_dir=serving.data_dir)
    operations = open_operations(settings, IngestSettings(data_dir=serving.data_dir))
    assert isinstance(operations, RemoteOperations)
    operations.close()


def test_two_commands_without_a_service_wait_for_each_other(
    tmp_path: Path, new_data_dir: Callable[[Path], Path]
) -> None:
    folder = new_data_dir(tmp_path / "data")
    holder = Runtime(ServiceSettings(data_dir=folder), IngestSettings(data_dir=folder))
    holder.open()
    impatient = ServiceSettings(data_dir=folder, busy_timeout_seconds=0.5)
    with pytest.raises(EngineBusyError, match="正被另一个 kb 进程使用"):
        open_operations(impatient, IngestSettings(data_dir=folder))
    holder.close()
    open_operations(impatient, IngestSettings(data_dir=folder)).close()


def test_the_service_stops_cleanly_and_leaves_no_note(corpus_data_dir: Path, tmp_path: Path) -> None:
    running = RunningService(copy_data_dir(corpus_data_dir, tmp_path / "data"))
    running.stop()
    assert running.process.returncode == 0
    assert not (running.data_dir / "service.json").exists()
    assert run_kb(running.data_dir, "status").returncode == 0
