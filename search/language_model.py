"""
Messages -> a reply in pieces, from any server that speaks OpenAI's chat completions.

Useful for: wording an answer, where a setting names a server. Not useful for: knowing
anything; what a model says is shown only as far as `search.claim_checks` holds it up.
No connection is made before `OpenAICompatible.stream` is read from, and httpx is not
imported before that either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypedDict
from urllib.parse import urlsplit

from index.errors import InputError, LanguageModelFailed
from search.chat_stream import UnreadableReplyError, read_pieces
from search.reply_deadline import ReplyDeadline

if TYPE_CHECKING:
    import httpx

MAX_URL_CHARS = 500
MAX_NAME_CHARS = 200
MAX_KEY_CHARS = 4_000
TIMEOUT_S = 30.0


class Message(TypedDict):
    """One turn of a chat; *role* is ``system`` or ``user``."""

    role: str
    content: str


class LanguageModel(Protocol):
    """What `search.llm_answer` asks of a model; shared by threads."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """
        Yield the reply in pieces.

        Raises:
            LanguageModelFailed: There is no reply, or it broke off; pieces before that stand.
        """


@dataclass(frozen=True, slots=True)
class LanguageModelOptions:
    """
    Which server and model, and how long and how much is waited for.

    Args:
        base_url: http or https, up to the path before ``/chat/completions``, usually ``/v1``.
        model: Its name on that server.
        api_key: Sent to that server as a bearer token; None sends none. Never shown.
        timeout_s: For the whole reply, > 0.
        connect_timeout_s: For each address of the host, > 0.
        max_reply_chars: Reading stops there, >= 1; the server is asked for no more tokens.

    Raises:
        InputError: The address, the name or the key cannot be used.
    """

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float = TIMEOUT_S
    connect_timeout_s: float = 5.0
    max_reply_chars: int = 4_000

    def __post_init__(self) -> None:
        check_base_url(self.base_url)
        if not self.model.strip() or len(self.model) > MAX_NAME_CHARS:
            raise InputError(
                f"Bad model name {self.model[:80]!r}. Give 1 to {MAX_NAME_CHARS} characters."
            )
        if self.api_key is not None:
            check_key(self.api_key)


def check_base_url(base_url: str) -> None:
    """
    Raises:
        InputError: Not an address of http or https with a host, or one with a password,
            which would be shown in messages, or with a query.
    """
    try:
        parts = urlsplit(base_url)
        is_usable = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        is_usable = False
    else:
        if "@" in parts.netloc:
            raise InputError("An address with a user or password is not taken. Give a key.")
        is_usable = is_usable and not parts.query and not parts.fragment
    if not is_usable or len(base_url) > MAX_URL_CHARS or not _is_token(base_url):
        raise InputError(
            f"{base_url[:80]!r} is no address of a server. "
            "Give one like http://localhost:11434/v1, with no query."
        )


def check_key(key: str) -> None:
    """
    Raises:
        InputError: The key cannot stand in a header; it is not repeated.
    """
    if not _is_token(key) or len(key) > MAX_KEY_CHARS:
        raise InputError("The key is empty or too long, or holds a blank or what is no ASCII.")


class OpenAICompatible:
    """
    A server of chat completions: OpenAI's, Ollama, vLLM, llama.cpp and others.

    Temperature 0, so that a reply is as repeatable as the server makes it. No redirect is
    followed, no proxy is taken from the environment, and each reply has a connection of
    its own.

    Args:
        options: See `LanguageModelOptions`.
    """

    def __init__(self, options: LanguageModelOptions) -> None:
        self._options = options
        self._url = options.base_url.rstrip("/") + "/chat/completions"

    def __repr__(self) -> str:
        return f"OpenAICompatible({self._options!r})"

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the reply in pieces; see `LanguageModel`."""
        import httpx

        with ReplyDeadline(self._options.timeout_s) as deadline:
            try:
                yield from self._pieces(messages, deadline)
            except UnreadableReplyError as error:
                raise self._failed(deadline, f"sent a reply that {error}") from error
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                # The name of the class only: its text may hold what the server sent.
                raise self._failed(deadline, f"gave {type(error).__name__}") from error

    def _pieces(self, messages: Sequence[Message], deadline: ReplyDeadline) -> Iterator[str]:
        import httpx

        timeout = httpx.Timeout(
            self._options.timeout_s,
            connect=min(self._options.connect_timeout_s, self._options.timeout_s),
        )
        n_left = self._options.max_reply_chars
        with (
            httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST",
                self._url,
                json=self._payload(messages),
                headers=self._headers(),
                extensions={"trace": deadline.trace},
            ) as response,
        ):
            self._check(response, deadline)
            for piece in read_pieces(response.iter_raw()):
                if deadline.has_passed:
                    raise self._failed(deadline, "")
                yield piece[:n_left]
                n_left -= len(piece)
                if n_left <= 0:
                    return

    def _payload(self, messages: Sequence[Message]) -> dict[str, object]:
        return {
            "model": self._options.model,
            "messages": list(messages),
            "temperature": 0,
            "stream": True,
            "max_tokens": self._options.max_reply_chars,
        }

    def _headers(self) -> dict[str, str]:
        # What is packed could unpack to anything; replies are short.
        headers = {"Accept": "text/event-stream, application/json", "Accept-Encoding": "identity"}
        if self._options.api_key is not None:
            headers["Authorization"] = f"Bearer {self._options.api_key}"
        return headers

    def _check(self, response: "httpx.Response", deadline: ReplyDeadline) -> None:
        if response.is_redirect:
            raise self._failed(deadline, "redirects elsewhere, which is not followed")
        if response.status_code != 200:
            raise self._failed(deadline, f"answered with status {response.status_code}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._failed(deadline, "sent a packed reply, which was not asked for")

    def _failed(self, deadline: ReplyDeadline, what: str) -> LanguageModelFailed:
        if deadline.has_passed:
            what = f"did not finish within {self._options.timeout_s:g} s"
        return LanguageModelFailed(
            f"The language model {self._options.model!r} at {self._options.base_url} {what}. "
            "Look at that server and at GISA_LLM_URL, GISA_LLM_MODEL, GISA_LLM_KEY and "
            "GISA_LLM_TIMEOUT, or unset GISA_LLM_URL."
        )


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and bool(text)
