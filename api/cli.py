"""
The command line. Answers go to stdout, progress and logs to stderr; exit codes are 0 ok,
1 failed, 2 bad usage or input, 3 no usable index.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from api.errors import EXIT_FAILED, outcome_of
from api.progress import ProgressReport
from api.render import (
    show_answers,
    show_build,
    show_fields,
    show_fit,
    show_measures,
    show_parts,
    show_result,
)
from api.schemas import InfoResponse, SearchResponse
from api.settings import Settings, load_settings
from api.wiring import build as build_new
from api.wiring import open_build, open_engine
from index.builds import (
    build_folder,
    build_lock,
    list_builds,
    read_current,
    switch_current,
)
from index.errors import GisaError, IndexUnavailable, InputError
from index.manifest import read_manifest
from search.gold import Language
from search.records import Filters

app = typer.Typer(
    help="Search a Korean news archive by meaning and by words, with citations. 한국어 기사 검색.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

IndexDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the index. [default: GISA_INDEX_DIR, or var/index]"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on stdout.")]


@app.command()
def build(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="News files or folders: .jsonl .json .csv .tsv .txt .md .html, or .gz."
        ),
    ],
    index_dir: IndexDir = None,
    strict: Annotated[bool, typer.Option(help="Fail at the first rejected record.")] = False,
    allow_empty: Annotated[bool, typer.Option(help="Build even without any article.")] = False,
    removed_lines: Annotated[
        bool, typer.Option(help="List the lines that cleaning removed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Build an index of news files and switch to it. 색인을 만듭니다."""
    settings = _settings(index_dir)
    with ProgressReport() as progress:
        result = build_new(
            settings, paths, strict=strict, allow_empty=allow_empty, on_progress=progress.build
        )
    removed = [
        {"document_id": document_id, "line": line, "rule": rule.value, "text": text}
        for document_id, (line, rule, text) in result.report.removed_lines
    ]
    if as_json:
        _print_json(
            {
                "build": result.manifest.build,
                "counts": result.manifest.counts,
                "corpus": result.report.summary(),
                "removed_builds": result.removed,
                "seconds": round(result.seconds, 3),
                **({"removed_lines": removed} if removed_lines else {}),
            }
        )
        return
    show_build(result)
    if removed_lines:
        show_fields({f"{line['document_id']}:{line['line']}": line["text"] for line in removed})


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A question or words, Korean or English.")],
    index_dir: IndexDir = None,
    k: Annotated[int, typer.Option("-k", help="How many hits, 1-100.")] = 10,
    passages_per_document: Annotated[
        int, typer.Option(help="At most this many passages of one article, 1-20.")
    ] = 1,
    from_: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD, inclusive.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD, inclusive.")] = None,
    publisher: Annotated[
        list[str] | None, typer.Option(help="Only this publisher; may be given again.")
    ] = None,
    section: Annotated[
        list[str] | None, typer.Option(help="Only this section; may be given again.")
    ] = None,
    explain: Annotated[
        bool, typer.Option(help="Show what each term weighs and each part gave.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the passages that match a question best. 기사를 검색합니다."""
    filters = Filters(from_, to, tuple(publisher or ()), tuple(section or ()))
    engine = open_engine(_settings(index_dir))
    result = engine.search(
        query,
        k=k,
        passages_per_document=passages_per_document,
        filters=filters,
        explain=explain,
    )
    if as_json:
        _print_json(SearchResponse.from_result(result).to_json())
    else:
        show_result(result)


@app.command()
def serve(
    index_dir: IndexDir = None,
    host: Annotated[str | None, typer.Option(help="[default: GISA_HOST, or 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(help="[default: GISA_PORT, or 8000]", min=0, max=65_535)
    ] = None,
) -> None:
    """Serve searches over HTTP. HTTP 서버를 켭니다."""
    import uvicorn  # the server's packages are loaded for this command alone

    from api.app import create_app
    from api.live import LiveEngine
    from api.logs import set_up

    settings = _settings(index_dir)
    set_up(settings.log_level, as_json=not sys.stderr.isatty())
    application = create_app(settings, LiveEngine(settings))
    try:
        uvicorn.run(
            application,
            host=settings.host if host is None else host,
            port=settings.port if port is None else port,
            log_config=None,
            access_log=False,  # api.app logs each request with its times
            timeout_graceful_shutdown=10,
        )
    except SystemExit as end:  # uvicorn's 3, a port that is taken, would mean "no index" here
        raise typer.Exit(EXIT_FAILED if end.code else 0) from end


@app.command()
def check(
    index_dir: IndexDir = None,
    build_id: Annotated[
        str | None, typer.Option("--build", help="A build; default CURRENT.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify every byte and structure of a build. 색인을 검사합니다."""
    settings = _settings(index_dir)
    if build_id is not None:
        _known_build(settings, build_id)
    manifest = open_build(settings, build_id=build_id, verify=True).manifest
    if as_json:
        _print_json({"build": manifest.build, "sound": True, "counts": manifest.counts})
    else:
        show_fields({"sound": manifest.build, **manifest.counts})


@app.command()
def builds(index_dir: IndexDir = None, as_json: Json = False) -> None:
    """List the builds, oldest first. 빌드 목록을 봅니다."""
    settings = _settings(index_dir)
    try:
        current = read_current(settings.index_dir)
    except IndexUnavailable:
        current = None
        if not list_builds(settings.index_dir):
            raise
    rows = [_describe_build(settings, name, current) for name in list_builds(settings.index_dir)]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        mark = "*" if row["current"] else " "
        known = f"{row['documents']:,} articles" if row["error"] is None else row["error"]
        typer.echo(f"{mark} {row['build']}  {known}")


@app.command()
def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="Build to serve. [default: the one before CURRENT]")
    ] = None,
    index_dir: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Serve an older build again, after verifying it. 이전 빌드로 되돌립니다."""
    settings = _settings(index_dir)
    chosen = _build_before_current(settings) if build_id is None else build_id
    _known_build(settings, chosen)
    with build_lock(settings.index_dir):
        open_build(settings, build_id=chosen, verify=True)
        switch_current(settings.index_dir, chosen)
    if as_json:
        _print_json({"build": chosen})
    else:
        typer.echo(f"Serving {chosen}.")


@app.command()
def info(index_dir: IndexDir = None, as_json: Json = False) -> None:
    """Describe the build that is served. 색인 정보를 봅니다."""
    settings = _settings(index_dir)
    snapshot = open_build(settings)
    columns = snapshot.columns
    body = InfoResponse.from_manifest(snapshot.manifest, columns.publishers, columns.sections)
    fields = {**body.model_dump(mode="json"), "corpus": snapshot.manifest.corpus}
    if as_json:
        _print_json(fields)
    else:
        show_fields(fields)


@app.command("eval")
def evaluate(
    corpus: Annotated[list[Path], typer.Option(help="BEIR corpus file; may be given again.")],
    queries: Annotated[Path, typer.Option(help="BEIR queries.jsonl.")],
    qrels: Annotated[Path, typer.Option(help="BEIR qrels.tsv.")],
    index_dir: Annotated[
        Path | None, typer.Option(help="Folder of the index. [default: var/eval/<hash>]")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="TREC run to compare the hybrid with.")
    ] = None,
    run_out: Annotated[Path | None, typer.Option(help="Write the hybrid's TREC run here.")] = None,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Search without each part, too, and tell the kinds of query apart."
        ),
    ] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Sentences that answer the queries, JSONL; measures answers, too."),
    ] = None,
    unanswerable: Annotated[
        Path | None,
        typer.Option(help="Questions that no article answers, JSONL; measures answers, too."),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="Field of --unanswerable. [default: the language of most queries]"),
    ] = None,
    retrieval_only: Annotated[
        bool,
        typer.Option(
            "--retrieval-only", help="Ask nothing, even where the queries have short answers."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure retrieval and answers on questions with known answers. 검색과 답변 품질을 잽니다."""
    from api.evaluation import evaluate as run_evaluation  # ir_measures costs half a second
    from search.evaluate import legs_in_order

    with ProgressReport() as progress:
        report = run_evaluation(
            load_settings(),
            corpora=corpus,
            queries=queries,
            qrels=qrels,
            index_dir=index_dir,
            baseline=baseline,
            run_out=run_out,
            progress=progress,
            ablation=ablation,
            evidence=evidence,
            unanswerable=unanswerable,
            language=language,
            retrieval_only=retrieval_only,
        )
    if as_json:
        _print_json(report)
    else:
        show_measures(report, legs_in_order(list(report["measures"])))
        if ablation:
            show_parts(report)
        if "answers" in report:
            show_answers(report["answers"])


@app.command()
def tune(
    corpus: Annotated[list[Path], typer.Option(help="BEIR corpus file; may be given again.")],
    queries: Annotated[Path, typer.Option(help="BEIR queries.jsonl.")],
    qrels: Annotated[Path, typer.Option(help="BEIR qrels.tsv.")],
    out: Annotated[Path, typer.Option(help="Write the weights here, for GISA_WEIGHTS.")],
    index_dir: Annotated[
        Path | None, typer.Option(help="Folder of the index. [default: var/eval/<hash>]")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the weights of the legs to questions with known answers. 가중치를 맞춥니다."""
    from api.tuning import remarks
    from api.tuning import tune as run_tuning  # ir_measures costs half a second

    with ProgressReport() as progress:
        report = run_tuning(
            load_settings(),
            corpora=corpus,
            queries=queries,
            qrels=qrels,
            out=out,
            index_dir=index_dir,
            progress=progress,
        )
    for line in remarks(report):
        sys.stderr.write(f"gisa: {line}\n")
    if as_json:
        _print_json(report)
    else:
        show_fit(report)


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; an error is one line on stderr."""
    try:
        try:
            app(arguments, prog_name="gisa")  # tells wrong usage itself, and always exits
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):
                return 0  # Typer and Rich exit with 1 where a reader like head has enough
            sys.stdout.flush()
            return end.code if isinstance(end.code, int) else EXIT_FAILED
        return 0
    except BrokenPipeError:
        # Python would complain at exit when it flushes what nobody reads.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except GisaError as error:
        sys.stderr.write(f"gisa: {error}\n")
        return outcome_of(error).exit_code
    except OSError as error:
        sys.stderr.write(f"gisa: {error}\n")
        return EXIT_FAILED


def _settings(index_dir: Path | None) -> Settings:
    settings = load_settings()
    return settings if index_dir is None else settings.model_copy(update={"index_dir": index_dir})


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _describe_build(settings: Settings, name: str, current: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"build": name, "current": name == current, "error": None}
    try:
        manifest = read_manifest(build_folder(settings.index_dir, name))
    except IndexUnavailable as error:
        return {**row, "created": None, "documents": None, "error": str(error)}
    return {**row, "created": manifest.created, "documents": manifest.counts["documents"]}


def _known_build(settings: Settings, build_id: str) -> None:
    known = list_builds(settings.index_dir)
    if build_id not in known:
        raise InputError(
            f"No build {build_id!r} in {settings.index_dir}. "
            f"There is: {', '.join(known) or 'none'}."
        )


def _build_before_current(settings: Settings) -> str:
    """Return the newest build older than CURRENT, or the newest if CURRENT is damaged."""
    known = list_builds(settings.index_dir)
    try:
        current = read_current(settings.index_dir)
    except IndexUnavailable:
        if not known:
            raise
        return known[-1]
    older = [name for name in known if name < current]
    if not older:
        raise InputError(f"No build is older than {current}. See: gisa builds")
    return older[-1]
