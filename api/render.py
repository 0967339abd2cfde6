"""
Results for people in a terminal; plain text where the output is piped.

What was retrieved is data: it is never read as markup, and control characters in it
are shown as a mark instead of being obeyed.
"""

import sys
import unicodedata
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.build import BuildResult
from search.records import Hit, SearchResult

CONTROL_MARK = "\ufffd"


def console() -> Console:
    """Return a console on stdout that neither guesses colours nor reads markup."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def show_result(result: SearchResult) -> None:
    """Print the hits of a search with their citations."""
    out = console()
    if not result.hits:
        out.print(Text("Nothing was found. 찾은 기사가 없습니다.", style="yellow"))
    for hit in result.hits:
        out.print(hit_heading(hit))
        out.print(_passage(hit))
        out.print(hit_citation(hit))
        if hit.explain:
            shares = "  ".join(f"{name} {share:.4f}" for name, share in hit.explain.items())
            out.print(Text(f"   {shares}", style="dim"))
        out.print()
    if result.explain:
        show_explanation(out, result.explain)
    timings = "  ".join(f"{name} {ms:.1f}" for name, ms in result.timings_ms.items())
    out.print(Text(f"{len(result.hits)} hits · build {result.build} · ms: {timings}", style="dim"))


def show_build(result: BuildResult) -> None:
    """Print what a build made and met."""
    out = console()
    counts, report = result.manifest.counts, result.report
    out.print(
        f"Built {result.manifest.build}: {counts['documents']:,} articles, "
        f"{counts['passages']:,} passages, {counts['terms']:,} terms in {result.seconds:.1f} s."
    )
    encodings = ", ".join(f"{name} {n}" for name, n in sorted(report.encodings.items()))
    out.print(
        f"Read {report.n_files:,} files ({encodings or 'none'}); skipped "
        f"{report.n_skipped_files:,} of other kinds, {report.n_duplicates:,} duplicates."
    )
    if report.n_removed_lines:
        removed = ", ".join(f"{rule} {n}" for rule, n in sorted(report.n_removed_lines.items()))
        out.print(f"Removed lines: {removed}.")
    if report.n_rejected:
        out.print(Text(f"Rejected {report.n_rejected:,} records:", style="yellow"))
        for path, line, reason in report.rejections[:20]:
            out.print(Text(safe(f"  {path}:{line}: {reason}")))
        if report.n_rejected > 20:
            out.print("  ... gisa info --json lists the others.")


def show_measures(report: dict[str, Any], legs: list[str]) -> None:
    """Print a table of measures with their 95 % intervals."""
    table = Table(title=f"{report['queries']:,} queries")
    table.add_column("leg")
    names = list(next(iter(report["measures"].values())))
    for name in names:
        table.add_column(name, justify="right")
    for leg in legs:
        found = {each: report[each][leg] for each in ("measures", "intervals")}
        table.add_row(leg, *(_with_interval(found, name) for name in names))
    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    out.print(table)
    for name, found in report.get("baseline", {}).get("hybrid_against_baseline", {}).items():
        out.print(
            f"{name}: {found['difference']:+.4f} against the baseline "
            f"({found['low']:+.4f} to {found['high']:+.4f}, p = {found['p']:.4f})",
            markup=False,
        )


def show_parts(report: dict[str, Any]) -> None:
    """Print what ``gisa eval --ablation`` adds: search without its parts, and kinds of query."""
    names = list(next(iter(report["ablation"].values()))["measures"])
    table = Table(title="one part changed at a time")
    table.add_column("hybrid")
    for name in names:
        table.add_column(name, justify="right")
        table.add_column("difference", justify="right")
        table.add_column("p", justify="right")
    for name, found in report["ablation"].items():
        cells = []
        for each in names:
            change = found["against_default"] and found["against_default"][each]
            told = (f"{change['difference']:+.4f}", f"{change['p']:.4f}") if change else ("", "")
            cells += [_with_interval(found, each), *told]
        table.add_row(name, *cells)
    kinds = Table(title="kinds of query")
    for column in ("by", "kind", "queries", *names):
        kinds.add_column(column, justify="left" if column in ("by", "kind") else "right")
    for title, key in (("kind", "by_kind"), ("asked", "by_asked")):
        for kind, found in report[key].items():
            shown = [_with_interval(found, name) for name in names]
            kinds.add_row(title, kind, f"{found['queries']:,}", *shown)
        kinds.add_section()
    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    out.print(table)
    out.print("p is that of each difference alone, not corrected for their number.")
    out.print(kinds)


def show_answers(report: dict[str, Any]) -> None:
    """Print what ``gisa eval`` says of answers and abstentions."""
    counts, language = report["counts"], report["language"]
    asked = f"{counts['questions']:,} questions"
    if language is not None:
        asked += f", {counts['unanswerable']:,} unanswerable ones ({language})"
    table = Table(title=f"answers to {asked}")
    table.add_column("measure")
    table.add_column("mean", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, bounds in report["intervals"].items():
        if bounds is None:
            table.add_row(name, "-", "nothing to measure")
        else:
            table.add_row(name, f"{report[name]:.4f}", f"[{bounds[0]:.3f}, {bounds[1]:.3f}]")
    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    out.print(table)
    if counts["evidence_lost"]:
        out.print(
            f"{counts['evidence_lost']:,} of {counts['with_evidence']:,} questions have no "
            "sentence of their evidence left in the stored text; they count as missed."
        )


def show_fit(report: dict[str, Any]) -> None:
    """Print what was fitted for each kind of query, beside the default."""
    table = Table(title=f"{report['encoder']}, {report['reranker'] or 'no'} reranker")
    for name in ("kind", "queries", "weights", "", "nDCG@10"):
        table.add_column(name)
    for kind, found in report["kinds"].items():
        values = found["nDCG@10"] or {}
        for which, legs in found["weights"].items():
            if legs is not None:
                shown = "  ".join(f"{leg} {weight:g}" for leg, weight in legs.items())
                value = f"{values[which]:.4f}" if values else ""
                table.add_row(kind, f"{found['queries']:,}", which, shown, value)
        if values:
            if values["no_reranker"] is not None:
                table.add_row(kind, "", "no reranker", "", f"{values['no_reranker']:.4f}")
            rivals = {"default": "against_default", "no reranker": "against_no_reranker"}
            changes = [
                f"{found[key]['difference']:+.4f} to {rival}, p = {found[key]['p']:.4f}"
                for rival, key in rivals.items()
                if found[key]
            ]
            shown = "\n".join(changes)
            table.add_row(kind, "", "out of fold", shown, f"{values['out_of_fold']:.4f}")
        table.add_section()
    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    out.print(table)
    out.print(f"Wrote {report['out']}; use it with GISA_WEIGHTS={report['out']}", markup=False)


def show_fields(fields: dict[str, Any]) -> None:
    """Print nested values, one a line."""
    out = console()
    for name, value in fields.items():
        if isinstance(value, dict):
            out.print(f"{name}:")
            for key, inner in value.items():
                out.print(Text(safe(f"  {key}: {inner}")))
        else:
            out.print(Text(safe(f"{name}: {value}")))


def safe(text: str) -> str:
    """Replace control and direction characters, LF and tab apart, one for one."""
    return "".join(
        CONTROL_MARK
        if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t")
        or "\u202a" <= c <= "\u202e"
        or "\u2066" <= c <= "\u2069"
        else c
        for c in text
    )


def _with_interval(found: dict[str, Any], name: str) -> str:
    low, high = found["intervals"][name]
    return f"{found['measures'][name]:.4f} [{low:.3f}, {high:.3f}]"


def hit_heading(hit: Hit) -> Text:
    """Return rank, title, publisher and day of a hit."""
    heading = Text(f"{hit.rank}. ", style="bold")
    heading.append(safe(hit.title or "(no title)"), style="bold cyan")
    known = [part for part in (hit.publisher, (hit.published or "")[:10]) if part]
    heading.append(safe("  " + " · ".join(known)) if known else "", style="not bold dim")
    return heading


def _passage(hit: Hit) -> Text:
    text = Text(safe(hit.text))
    for start, end in hit.highlights:
        text.stylize("bold yellow", start, end)
    lines = text.split("\n")
    indented = Text("\n").join(Text("   ").append_text(line) for line in lines)
    return indented if hit.text else Text("   (title only)", style="dim")


def hit_citation(hit: Hit) -> Text:
    """Return where a hit stands and what it scored."""
    legs = [
        f"{name} #{score.rank}"
        for name, score in (("lexical", hit.lexical), ("dense", hit.dense))
        if score is not None
    ]
    parts = [f"{hit.document_id} [{hit.start}, {hit.end})", f"score {hit.score:.4f}", *legs]
    if hit.more_passages:
        parts.append(f"+{hit.more_passages} more passages")
    if hit.url:
        parts.append(hit.url)
    return Text(safe("   " + " · ".join(parts)), style="dim")


def show_explanation(out: Console, explain: dict[str, Any]) -> None:
    """Print how a question was understood."""
    out.print(Text(f"language: {explain['language']}  asked: {explain['asked']}"))
    by_source: dict[str, list[str]] = {}
    for term in explain["terms"]:
        why = "" if term["origin"] == "query" else f" {term['origin']}"
        by_source.setdefault(term["from"], []).append(f"{term['term']} {term['weight']:.2f}{why}")
    out.print(Text("terms:"))
    for source, terms in by_source.items():
        out.print(Text(safe(f"  {source}: {', '.join(terms)}")))
    fusion = explain["fusion"]
    weights = "  ".join(f"{name} {weight}" for name, weight in fusion["weights"].items())
    out.print(Text(f"fusion: {fusion['method']} for {fusion['kind']}  {weights}"))
