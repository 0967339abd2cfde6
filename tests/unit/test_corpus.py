"""Files of every kind become documents, or rejections that say where and why."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from index.cleaning import Rule
from index.corpus import MAX_LISTED, CorpusReport, read_corpus
from index.errors import InputError, RecordRejected
from index.readers import SUFFIXES, ReadLimits
from index.records import Document

TITLE = "해솔시 제2공장 증설"
TEXT = "전력 심의가 늦어졌다.\n공장은 내년 봄에 짓는다."
RECORD = {
    "id": "haesol-1",
    "title": TITLE,
    "text": TEXT,
    "publisher": "한들경제",
    "published": "2025-08-05",
    "byline": "마도윤",
    "url": "https://news.example.com/1",
    "section": "경제",
}
DOCUMENT = Document(
    id="haesol-1",
    title=TITLE,
    text=TEXT,
    publisher="한들경제",
    published="2025-08-05T00:00:00+09:00",
    byline="마도윤",
    url="https://news.example.com/1",
    section="경제",
)
PAGE = f"""<html><head><title>{TITLE}</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="한들경제">
<meta property="article:published_time" content="2025-08-05"></head>
<body><nav><a href="/">처음</a></nav><article><h1>{TITLE}</h1>
<p>부품회사 가온정밀이 해솔시 제2공장 증설을 내년 봄으로 미뤘다고 밝혔다.</p>
<p>회사는 변전소 심의가 두 차례 늦어진 것을 이유로 들었다. 설비는 이미 창고에 있다.</p>
<p>시는 다음 달 3일 다시 심의한다. 주민 설명회는 그 전에 한 번 더 열린다.</p>
</article><footer>바닥글</footer></body></html>"""


def read(
    *paths: Path, limits: ReadLimits | None = None, strict: bool = False
) -> tuple[list[Document], CorpusReport]:
    report = CorpusReport()
    return list(read_corpus(paths, report, limits=limits, strict=strict)), report


def table(delimiter: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows([list(RECORD), list(RECORD.values())])
    return stream.getvalue()


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


RECORD_FILES = {
    "news.jsonl": as_json(RECORD) + "\n",
    "news.ndjson": "\n" + as_json(RECORD),
    "array.json": json.dumps([RECORD], ensure_ascii=False, indent=2),
    "object.json": as_json(RECORD),
    "news.csv": table(","),
    "news.tsv": table("\t"),
}
ARTICLE_FILES = {
    "a.txt": f"\n{TITLE}\n{TEXT}",
    "a.md": f"# {TITLE}\n{TEXT}",
}


@pytest.mark.parametrize("name", RECORD_FILES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr"])
def test_a_record_file_gives_the_same_document_in_every_format(
    tmp_path: Path, name: str, packed: bool, encoding: str
) -> None:
    raw = RECORD_FILES[name].encode(encoding)
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(raw) if packed else raw)
    documents, report = read(path)
    assert documents == [DOCUMENT]
    assert (report.n_documents, report.n_rejected, report.n_files) == (1, 0, 1)
    is_cp949 = encoding in ("cp949", "euc-kr")
    assert dict(report.encodings) == {"cp949" if is_cp949 else "utf-8": 1}


@pytest.mark.parametrize("name", ARTICLE_FILES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr"])
def test_an_article_file_has_its_title_on_the_first_line(
    tmp_path: Path, name: str, packed: bool, encoding: str
) -> None:
    raw = ARTICLE_FILES[name].encode(encoding)
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(raw) if packed else raw)
    documents, _ = read(path)
    assert documents == [Document(path.name, TITLE, TEXT)]


@pytest.mark.parametrize("name", ["a.html", "a.htm", "A.HTML", "a.html.gz"])
def test_a_page_gives_its_article_without_the_page_around_it(tmp_path: Path, name: str) -> None:
    raw = PAGE.encode()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    [document], _ = read(tmp_path / name)
    assert (document.id, document.title) == (name, TITLE)
    assert (document.publisher, document.published) == ("한들경제", "2025-08-05T00:00:00+09:00")
    assert document.text.startswith("부품회사 가온정밀이"), "the heading is the title alone"
    assert "변전소 심의가 두 차례" in document.text
    assert "바닥글" not in document.text
    assert "처음" not in document.text


def test_a_page_without_an_article_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><body></body></html>")
    documents, report = read(tmp_path / "a.html")
    assert not documents
    assert "no article was found" in report.rejections[0].reason


@pytest.mark.parametrize(
    "fields",
    [
        {
            "_id": "haesol-1",
            "headline": TITLE,
            "body": TEXT,
            "press": "한들경제",
            "date": "20250805",
        },
        {
            "news_id": "haesol-1",
            "제목": TITLE,
            "본문": TEXT,
            "언론사": "한들경제",
            "일자": "2025.8.5",
        },
        {"doc_id": "haesol-1", "TITLE": TITLE, " Content ": TEXT, "source": "한들경제"}
        | {"pubDate": "2025-08-05"},
        {"document_id": "haesol-1", "title": TITLE, "contents": TEXT.split("\n")}
        | {"publisher": "한들경제", "published_at": "2025-08-05"},
    ],
)
@pytest.mark.parametrize(
    "others",
    [
        {"reporter": "마도윤", "link": RECORD["url"], "category": "경제"},
        {"기자": "마도윤", "url": RECORD["url"], "분류": "경제"},
        {"author": ["마도윤"], "url": RECORD["url"], "section": ["경제"]},
    ],
)
def test_fields_are_known_under_their_usual_names(
    write_jsonl: Callable[..., Path], fields: dict[str, object], others: dict[str, object]
) -> None:
    documents, _ = read(write_jsonl({**fields, **others, "unknown": {"a": 1}}))
    assert documents == [DOCUMENT]


def test_an_empty_field_gives_way_to_its_next_alias(write_jsonl: Callable[..., Path]) -> None:
    [document], _ = read(write_jsonl({"id": 7, "title": "", "headline": TITLE, "text": TEXT}))
    assert (document.id, document.title) == ("7", TITLE)


def test_metadata_becomes_one_visible_line_and_the_body_stays_as_it_is(
    write_jsonl: Callable[..., Path],
) -> None:
    body = "첫\u00a0문장이다.\u2028둘째다.\n\u1100\u1161"
    record = {
        "id": "a",
        "title": "가\n\u200b나\u00a0 다",
        "text": body,
        "publisher": "\u1100\u1161",
    }
    [document], _ = read(write_jsonl(record))
    assert (document.title, document.publisher, document.text) == ("가 나 다", "가", body)


def test_debris_goes_and_fills_what_the_record_does_not_say(
    write_jsonl: Callable[..., Path],
) -> None:
    body = f"{TEXT}\n마도윤 기자 a@example.kr\nⓒ 한들경제, 무단전재 금지"
    [bare, full], report = read(
        write_jsonl(
            {"id": "bare", "text": body},
            {"id": "full", "text": body + " ", "publisher": "노을방송", "byline": "나라온"},
        )
    )
    assert (bare.text, bare.publisher, bare.byline) == (TEXT, "한들경제", "마도윤")
    assert (full.text, full.publisher, full.byline) == (TEXT, "노을방송", "나라온")
    assert report.n_removed_lines == {Rule.EMAIL_BYLINE: 2, Rule.COPYRIGHT: 2}
    assert [document_id for document_id, _ in report.removed_lines] == ["bare"] * 2 + ["full"] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "broken JSON"),
        (b"[1, 2]", "not a JSON object but list"),
        (b'"text"', "not a JSON object but str"),
        (b"null", "not a JSON object but NoneType"),
        (b"[" * 100_000, "broken JSON: too deep"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "broken JSON: too deep, or a number too long"),
        (b'{"text": "\xff\xff"}', "undecodable bytes at byte 10"),
        (b'{"text": "\\ud800"}', "half a surrogate pair"),
        (b'{"title": "a\\udc00", "text": "b"}', "title holds half a surrogate pair"),
        (b'{"text": {"a": 1}}', "text is not text but dict"),
        (b'{"text": [1, 2]}', "text is not text but list"),
        (b'{"text": true}', "text is not text but bool"),
        (b'{"text": "a", "date": "yesterday"}', "date 'yesterday' is not understood"),
        (b'{"id": "a"}', "no title and no text"),
        (b'{"title": " ", "text": "\\n\\u3000\\n"}', "no title and no text"),
        (b"{}", "no title and no text"),
        (b'{"id": "' + b"a" * 513 + b'", "text": "b"}', "the id has 513 characters"),
        (b'{"text": "' + b"a" * 101 + b'"}', "text has 101 characters, at most 100 are read"),
        (b'{"text": "a", "url": "' + b"u" * 2_001 + b'"}', "url has 2,001 characters"),
        (b'{"text": "' + b"a" * 1_000_601 + b'"}', "the line is longer than 1,000,600 bytes"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_a_bad_line_is_rejected_with_its_reason_between_good_ones(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    path = tmp_path / "news.jsonl"
    good = [f'{{"id": "{name}", "text": "가온정밀 {name}"}}'.encode() for name in "ab"]
    path.write_bytes(b"\n".join([good[0], b"", line, good[1]]))
    documents, report = read(path, limits=ReadLimits(max_text_chars=100))
    assert [document.id for document in documents] == ["a", "b"]
    [rejection] = report.rejections
    assert (rejection.path, rejection.line) == ("news.jsonl", 3)
    assert reason in rejection.reason
    assert report.n_rejected == 1


def test_strict_raises_at_the_first_rejection(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "a"}\n{}\n[]\n')
    report = CorpusReport()
    documents = read_corpus([path], report, strict=True)
    assert next(documents).text == "a"
    with pytest.raises(RecordRejected, match=r"Rejected news\.jsonl:2: no title and no text"):
        next(documents)


def test_rejections_are_all_counted_and_the_first_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("[]\n" * (MAX_LISTED + 5))
    _, report = read(path)
    assert (report.n_rejected, len(report.rejections)) == (MAX_LISTED + 5, MAX_LISTED)


@pytest.mark.parametrize(
    ("text", "ids", "reason"),
    [
        ('[{"id": "a", "text": "x"}, {"id": "b", "te', ["a"], "what follows was not read"),
        ('[{"id": "a", "text": "x"}, {"id": "b", "text": "y"}', ["a", "b"], "what follows"),
        ('[{"id": "a", "text": "x"}, 7, {"id": "b", "text": "y"}]', ["a", "b"], "but int"),
        ('[{"id": "a", "text": "x"}] x', ["a"], "broken JSON"),
        ('{"id": "a", "text": "x"', [], "broken JSON"),
        ('"text"', [], "not a JSON object but str"),
        ("", [], "broken JSON"),
        ("[" * 100_000, [], "broken JSON"),
    ],
)
def test_a_broken_json_file_gives_what_came_before_the_break(
    tmp_path: Path, text: str, ids: list[str], reason: str
) -> None:
    path = tmp_path / "news.json"
    path.write_text(text)
    documents, report = read(path)
    assert [document.id for document in documents] == ids
    [rejection] = report.rejections
    assert reason in rejection.reason


def test_a_json_array_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "news.json"
    path.write_text(" [ ] \n")
    documents, report = read(path)
    assert (documents, report.rejections) == ([], [])


def test_an_undecodable_json_array_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "news.json"
    path.write_bytes('[{"id": "a", "text": "가"},\n{"id": "b", "text": "'.encode() + b'\xff"}]')
    documents, report = read(path)
    assert [document.id for document in documents] == ["a"]
    assert "undecodable bytes (utf-8); what follows was not read" in report.rejections[0].reason
    assert report.rejections[0].line == 2


def test_an_over_long_body_in_an_array_is_rejected_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.json"
    path.write_text(json.dumps([{"id": "a", "text": "x" * 11}, {"id": "b", "text": "y"}]))
    documents, report = read(path, limits=ReadLimits(max_text_chars=10))
    assert [document.id for document in documents] == ["b"]
    assert report.rejections[0].reason == "text has 11 characters, at most 10 are read"


def test_a_row_with_another_number_of_fields_is_rejected_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text('id,text\na,"두\n줄"\nb,x,y\nc\n\nd,z\n', encoding="utf-8")
    documents, report = read(path)
    assert [(document.id, document.text) for document in documents] == [("a", "두\n줄"), ("d", "z")]
    assert [(found.line, found.reason) for found in report.rejections] == [
        (4, "the row has 3 fields, the header 2"),
        (5, "the row has 1 fields, the header 2"),
    ]


def test_an_undecodable_row_and_a_broken_quote_are_rejected_between_good_ones(
    tmp_path: Path,
) -> None:
    path = tmp_path / "news.csv"
    lines = ["id,text", "a,가온", None, 'b,"x"y', "c,해솔"]
    path.write_bytes(b"".join(b"z,\xff\n" if t is None else t.encode() + b"\n" for t in lines))
    documents, report = read(path)
    assert [document.id for document in documents] == ["a", "c"]
    assert [found.line for found in report.rejections] == [3, 4]
    assert "undecodable" in report.rejections[0].reason
    assert "broken CSV" in report.rejections[1].reason


def test_a_table_field_may_be_longer_than_pythons_own_limit(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(f"id,text\na,{'x' * 150_000}\n")
    [document], _ = read(path)
    assert len(document.text) == 150_000


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (gzip.compress(as_json(RECORD).encode() * 100)[:-20], "the file cannot be read"),
        (gzip.compress(b"x")[:5], "the file cannot be read"),
        (b"\x1f\x8bnot gzip at all", "the file cannot be read"),
        (as_json(RECORD).encode("utf-16"), "UTF-16 or UTF-32; save it as UTF-8"),
    ],
    ids=["cut", "cut head", "no gzip", "utf-16"],
)
@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".txt", ".html"])
def test_a_file_that_cannot_be_read_is_one_rejection_and_the_next_file_comes(
    tmp_path: Path, suffix: str, raw: bytes, reason: str
) -> None:
    (tmp_path / f"a{suffix}").write_bytes(raw)
    (tmp_path / "b.txt").write_text("title\ntext")
    documents, report = read(tmp_path)
    assert documents[-1] == Document("b.txt", "title", "text")
    assert reason in report.rejections[-1].reason
    assert report.rejections[-1].path == f"a{suffix}"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_an_article_file_over_the_bound_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x" * 1_000_007)
    documents, report = read(tmp_path, limits=ReadLimits(max_text_chars=1))
    assert not documents
    assert report.rejections[0].reason == "the file is longer than 1,000,006 bytes"


def test_the_same_id_and_text_is_a_duplicate_and_another_text_a_conflict(
    write_jsonl: Callable[..., Path],
) -> None:
    path = write_jsonl(
        {"id": "a", "title": "t", "text": "x"},
        {"id": "a", "title": "u", "text": "x"},
        {"id": "a", "title": "t", "text": "y"},
        {"id": "flash", "title": "속보"},
        {"id": "flash", "title": "속보"},
        {"id": "flash", "title": "다른 속보"},
    )
    documents, report = read(path)
    assert [(document.id, document.title) for document in documents] == [
        ("a", "t"),
        ("flash", "속보"),
    ]
    assert (report.n_documents, report.n_duplicates, report.n_rejected) == (2, 2, 2)
    assert [(found.line, found.reason) for found in report.rejections] == [
        (3, "id 'a' was seen with another text"),
        (6, "id 'flash' was seen with another text"),
    ]


def test_a_title_without_a_text_is_a_news_flash(write_jsonl: Callable[..., Path]) -> None:
    documents, _ = read(write_jsonl({"id": "a", "title": "속보", "text": " \n"}))
    assert documents == [Document("a", "속보", "")]


def test_an_id_that_is_missing_is_the_url_or_the_start_of_a_digest(
    write_jsonl: Callable[..., Path],
) -> None:
    url = "https://news.example.com/2"
    with_url, without = read(
        write_jsonl({"title": TITLE, "text": TEXT, "url": url}, {"title": TITLE, "text": TEXT})
    )[0]
    assert with_url.id == url
    assert without.id == hashlib.sha256((TITLE + TEXT).encode()).hexdigest()[:16]


def test_article_files_are_named_by_their_path_inside_the_given_folder(tmp_path: Path) -> None:
    path = tmp_path / "corpus" / "경제" / "a.txt"
    path.parent.mkdir(parents=True)
    path.write_text("title\ntext")
    assert read(tmp_path / "corpus")[0][0].id == "경제/a.txt"
    assert read(path)[0][0].id == "a.txt"


def test_folders_are_read_in_path_order_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.txt", "a/.hidden.txt", ".git/c.txt", "a.txt", "B.md", "image.png"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name}\ntext of {name}")
    documents, report = read(tmp_path)
    expected = sorted([Path("b.txt"), Path("a/z.txt"), Path("a.txt"), Path("B.md")])
    assert [document.id for document in documents] == [path.as_posix() for path in expected]
    assert (report.n_files, report.n_skipped_files) == (4, 1)


def test_paths_are_read_in_the_given_order(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"{name}\ntext")
    documents, _ = read(*(tmp_path / f"{name}.txt" for name in "cab"))
    assert [document.title for document in documents] == ["c", "a", "b"]


def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("title\ntext")
    report = CorpusReport()
    with pytest.raises(InputError, match=r"No such file or folder: .*missing"):
        list(read_corpus([tmp_path / "a.txt", tmp_path / "missing"], report))
    assert report.n_documents == 0


def test_a_given_file_of_no_known_kind_is_an_error_that_lists_the_kinds(tmp_path: Path) -> None:
    path = tmp_path / "news.docx"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match=r"news\.docx is of no known kind") as caught:
        read(path)
    assert all(suffix in str(caught.value) for suffix in SUFFIXES)


def test_progress_in_bytes_grows_to_the_size_of_all_files(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text('{"text": "가나다"}\n{"text": "라마바"}\n' * 2)
    report = CorpusReport()
    done = [report.n_bytes_done for _ in read_corpus([tmp_path], report)]
    assert done == sorted(done)
    assert 0 < done[-1] <= report.n_bytes
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert report.n_bytes == total


def test_the_summary_counts_everything(write_jsonl: Callable[..., Path]) -> None:
    path = write_jsonl({"id": "a", "text": "x\n본문 보기"}, {"id": "a", "text": "x"}, {})
    _, report = read(path)
    assert report.summary() == {
        "files": 1,
        "skipped_files": 0,
        "documents": 1,
        "duplicates": 1,
        "rejected": 1,
        "rejections": [{"path": "news.jsonl", "line": 3, "reason": "no title and no text"}],
        "encodings": {"utf-8": 1},
        "removed_lines": {"viewing_notice": 1},
    }
