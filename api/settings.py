"""
Every setting of the program, read once from the environment and ``.env``.

Nothing is read at import; `load_settings` is called by ``main`` and `create_app`.
"""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.build import BuildOptions
from index.encoder import EncoderOptions
from index.errors import InputError
from index.readers import ReadLimits
from search.engine import EngineOptions
from search.fuse import Fusion
from search.language_model import MAX_NAME_CHARS, TIMEOUT_S, check_base_url, check_key

PREFIX = "GISA_"


class Settings(BaseSettings):
    """Settings by name in lower case; in the environment they are ``GISA_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    index_dir: Path = Path("var/index")
    """Where builds are written and read."""
    keep_builds: Annotated[int, Field(ge=1, le=100)] = BuildOptions().keep_builds
    """Builds to keep, the served one included."""
    num_workers: Annotated[int, Field(ge=0, le=256)] = 0
    """Threads of the analysis at build time; 0 for one a core."""
    max_text_chars: Annotated[int, Field(ge=1_000, le=10_000_000)] = ReadLimits().max_text_chars
    """Longest body in characters; a record with a longer one is rejected."""
    user_dictionary: Path | None = None
    """Words for Kiwi, `form<TAB>tag<TAB>score` a line; copied into the build."""
    encoder: str = EncoderOptions().name
    """Encoder of new builds: `bilingual`, or `sentence-transformers:<name or path>`."""
    encoder_dim: Annotated[int, Field(ge=8, le=8192)] | None = None
    """Keep only the first dimensions of a sentence-transformers model."""
    encoder_max_tokens: Annotated[int, Field(ge=8, le=65536)] | None = None
    """Cut the inputs of a sentence-transformers model; its own limit where unset."""
    encoder_batch_size: Annotated[int, Field(ge=1, le=4096)] = EncoderOptions().batch_size
    """Texts a step of a sentence-transformers model, the reranker too."""
    encoder_device: str | None = None
    """Where torch runs: `cpu`, `cuda`, `cuda:1`; torch chooses where unset."""
    trust_remote_code: bool = False
    """Let a sentence-transformers model run code that it brings along."""
    fusion: Fusion = Fusion.WEIGHTED
    """How the legs are put together: `weighted` or `rrf`."""
    weights: Path | None = None
    """Weights of the legs, as `gisa tune` writes them; those shipped where unset."""
    aliases: Path | None = None
    """Names that mean the same, one group a line parted by tabs; read again when it changes."""
    reranker: Annotated[str, Field(min_length=1)] | None = None
    """Cross-encoder that scores the best passages again: a cached name or a folder."""
    reranker_depth: Annotated[int, Field(ge=1, le=200)] = EngineOptions().reranker_depth
    """Passages that the reranker scores for one query."""
    llm_url: str | None = None
    """Server of a language model, like `http://localhost:11434/v1`; nothing is sent where unset."""
    llm_model: Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)] | None = None
    """Name of the model on that server."""
    llm_key: SecretStr | None = None
    """Key that is sent to that server, and to no other."""
    llm_timeout: Annotated[float, Field(ge=0.1, le=600)] = TIMEOUT_S
    """How long the whole reply of the language model may take, in seconds."""
    num_threads: Annotated[int, Field(ge=1, le=256)] = 1
    """OpenMP threads of FAISS for one query."""
    host: str = "127.0.0.1"
    """Address that `gisa serve` binds; others than this machine reach it only if changed."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port of `gisa serve`; 0 for any free one."""
    reload_seconds: Annotated[float, Field(ge=0.05, le=3600)] = 1.0
    """How often the server looks for a new build, in seconds."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged."""
    log_queries: bool = False
    """Log the text of queries; otherwise only their length and a hash."""

    @field_validator("llm_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        return url if url is None else _sound(check_base_url, url)

    @field_validator("llm_key")
    @classmethod
    def _is_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            _sound(check_key, key.get_secret_value())
        return key

    @model_validator(mode="after")
    def _has_server_and_model(self) -> Self:
        if (self.llm_url is None) != (self.llm_model is None):
            raise ValueError("GISA_LLM_URL and GISA_LLM_MODEL go together: set both or neither")
        if self.llm_url is None and self.llm_key is not None:
            raise ValueError("GISA_LLM_KEY is for a server: set GISA_LLM_URL, or unset it")
        return self


def load_settings() -> Settings:
    """
    Read the settings.

    Raises:
        InputError: One or more are unknown or out of range; all are named.
    """
    problems = [
        f"{name} is unknown{_nearest(name)}"
        for name in os.environ
        if name.startswith(PREFIX) and name not in setting_names()
    ]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [
            _problem(found["loc"], found["input"], found["msg"]) for found in error.errors()
        ]
    if problems or settings is None:
        raise InputError(f"Bad settings: {'; '.join(problems)}. See docs/settings.md.")
    return settings


def setting_names() -> list[str]:
    """Return the names of all environment variables that are read."""
    return [PREFIX + name.upper() for name in Settings.model_fields]


def settings_table() -> str:
    """Return the Markdown table of docs/settings.md."""
    lines = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "unset" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def _problem(location: tuple[int | str, ...], value: object, message: str) -> str:
    """Say what is wrong with one setting or several; a key is never repeated."""
    if not location:
        return message
    name = str(location[0]).upper().removeprefix(PREFIX)
    shown = "" if name in ("LLM_KEY", "LLM_URL") else f"={value!r}"
    return f"{PREFIX}{name}{shown}: {message}"


def _sound(check: Callable[[str], None], value: str) -> str:
    try:
        check(value)
    except InputError as error:
        raise ValueError(str(error)) from error
    return value


def _nearest(name: str) -> str:
    found = difflib.get_close_matches(name, setting_names(), 1)
    return f" (did you mean {found[0]}?)" if found else ""
