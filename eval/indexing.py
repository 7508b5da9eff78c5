"""Labelled set -> an opened runtime on an index of its documents."""

from pathlib import Path

from eval.labelled_set import LabelledSet
from ingest.settings import IngestSettings
from kb_service.runtime import Runtime
from kb_service.settings import ServiceSettings


class IncompleteIndexError(Exception):
    """Documents of the set could not be ingested, so figures would be about other texts."""


def open_index(labelled: LabelledSet, folder: Path, model_dir: Path) -> Runtime:
    """Open the index of the set's documents in ``folder``, made or brought up to date, with the model loaded.

    Raises:
        IncompleteIndexError
    """
    folder.mkdir(parents=True, exist_ok=True)
    models = folder / "models"
    if not models.exists():
        models.symlink_to(model_dir.resolve(), target_is_directory=True)
    runtime = Runtime(ServiceSettings(data_dir=folder), IngestSettings(data_dir=folder))
    runtime.open()
    runtime.warm_up()
    report = runtime.indexer.ingest([labelled.sources])
    if not report.ok:
        runtime.close()
        raise IncompleteIndexError(f"{labelled.sources}: {report.failures[0]} ({len(report.failures)})")
    return runtime
