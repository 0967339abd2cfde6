"""
The error tree of the whole program, at the bottom so that every layer may raise it.

::

    GisaError
    ├── InputError              a bad query, option, setting or input file
    │   ├── DocumentNotFound    no article with that id in this build
    │   └── RecordRejected      --strict met a record that cannot be indexed
    ├── BuildLocked             another build of the same index is running
    ├── BuildFailed             what was written did not verify; nothing was switched
    ├── IndexUnavailable        nothing that can be searched
    │   ├── NoIndex             there is no build at that place
    │   ├── IndexCorrupt        a file is missing, cut or altered
    │   └── IndexIncompatible   written by another analyzer, model, encoder or format
    ├── ModelUnavailable        an encoder, a reranker or the bundled model cannot be used
    └── LanguageModelFailed     the language model's server gave no whole reply

Every message says what happened, the value, and the way out. Zero hits and a
rejected record are values, not errors. `api.errors` maps each class to an exit
code and an HTTP status.
"""


class GisaError(Exception):
    """Base of all errors that the program raises on purpose."""


class InputError(GisaError):
    """The caller gave something that cannot be used; the message says what to give."""


class DocumentNotFound(InputError):
    """No article with the given id is in the opened build."""


class RecordRejected(InputError):
    """A record was rejected while ``strict`` was asked for."""


class BuildLocked(GisaError):
    """Another process is building into the same index directory."""


class BuildFailed(GisaError):
    """A new build did not verify after writing; the served build is untouched."""


class IndexUnavailable(GisaError):
    """There is nothing usable to search."""


class NoIndex(IndexUnavailable):
    """The index directory holds no build."""


class IndexCorrupt(IndexUnavailable):
    """A file of the build is missing, truncated or altered."""


class IndexIncompatible(IndexUnavailable):
    """The build was written under another format, analyzer, model or encoder."""


class ModelUnavailable(GisaError):
    """An encoder, a reranker or the bundled model cannot be loaded, or fails."""


class LanguageModelFailed(GisaError):
    """The server of the language model cannot be reached, refuses, or breaks off its reply."""
