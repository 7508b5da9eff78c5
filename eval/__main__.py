"""``python -m eval``: measurements of quality and speed."""

import os
from pathlib import Path
from typing import Annotated

import typer

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

app = typer.Typer(help="测量检索质量与速度", no_args_is_help=True, pretty_exceptions_enable=False)

ROOT = Path(__file__).parents[1]
_READMES = ("README.md", "README.zh-CN.md")


@app.command()
def speed(
    size: Annotated[int, typer.Option(help="放大后的段数", min=2_000)] = 50_000,
    queries: Annotated[int, typer.Option(help="查询条数", min=10)] = 200,
    write: Annotated[bool, typer.Option(help="把结果写入 README 的表格")] = False,
) -> None:
    """检索与导入的速度，与同类方案在同一次运行中比较。"""
    from eval.readme_table import replace_between
    from eval.speed import run_speed
    from ingest.settings import IngestSettings

    model_dir = IngestSettings().model_dir
    model_dir.mkdir(parents=True, exist_ok=True)
    report = run_speed(ROOT / "corpus", model_dir, size, queries)
    print(report)
    if write:
        for name in _READMES:
            replace_between(ROOT / name, "speed", report)


@app.command()
def run(
    dataset: Annotated[Path, typer.Argument(help="含 queries.jsonl.gz 与 qrels.tsv 的文件夹", exists=True)],
    url: Annotated[str, typer.Option(help="正在运行的服务")] = "http://127.0.0.1:8000",
) -> None:
    """把一个标注集的全部查询发给正在运行的服务，报告文档级指标。"""
    from eval.run import measure

    for name, value in measure(dataset, url).items():
        print(f"{name}\t{value:.4f}" if name != "queries" else f"{name}\t{value:.0f}")


@app.command()
def crash(
    cycles: Annotated[int, typer.Option(help="杀死多少次", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="随机数种子")] = 7,
) -> None:
    """在随机时刻用 kill -9 中断导入，每次核对索引与目录是否一致、已确认的是否都在；有问题时退出码为 1。"""
    from tempfile import TemporaryDirectory

    from eval.crash import run_crash

    with TemporaryDirectory(prefix="kb-crash-") as folder:
        report = run_crash(Path(folder), cycles, seed, tell=print)
    print(f"runs\t{report.runs}\nkilled\t{report.killed}\nversions\t{report.published}")
    print(f"problems\t{len(report.problems)}")
    for problem in report.problems:
        print(problem)
    raise typer.Exit(bool(report.problems))


if __name__ == "__main__":
    app()
