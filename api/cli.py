"""
The command line. Answers go to stdout, progress and logs to stderr; exit codes are 0 ok,
1 failed, 2 bad usage or input, 3 no usable index.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api.build_commands import builds, check, info, rollback
from api.errors import EXIT_FAILED, outcome_of
from api.options import IndexDir, Json, print_json, settings_for
from api.progress import ProgressReport
from api.question_commands import ask, search
from api.render import (
    show_answers,
    show_build,
    show_fields,
    show_fit,
    show_measures,
    show_parts,
)
from api.settings import load_settings
from api.wiring import build as build_new
from index.errors import GisaError
from search.gold import Language

app = typer.Typer(
    help="Search a Korean news archive by meaning and by words, and ask it, with citations. "
    "한국어 기사 검색과 답변.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
    settings = settings_for(index_dir)
    with ProgressReport() as progress:
        result = build_new(
            settings, paths, strict=strict, allow_empty=allow_empty, on_progress=progress.build
        )
    removed = [
        {"document_id": document_id, "line": line, "rule": rule.value, "text": text}
        for document_id, (line, rule, text) in result.report.removed_lines
    ]
    if as_json:
        print_json(
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


app.command()(search)
app.command()(ask)


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

    settings = settings_for(index_dir)
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


for command in (check, builds, rollback, info):
    app.command()(command)


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
        print_json(report)
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
        print_json(report)
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
