"""Every error once. Each knows its sentence, its HTTP status and its exit code.

ChatbotError
├── UsageError             wrong usage or input                    exit 2
│   ├── CorpusError        a corpus that cannot be indexed
│   ├── SettingError       a setting with a wrong value or name
│   └── QuestionFileError  a file of questions that cannot be read
├── NotPublished           a version that was not published        exit 1
├── DamagedIndex           a hash, size or format that is wrong    exit 1
├── NoIndex                nothing is published there              exit 2
├── NoSuchVersion          a version that is not there             exit 2
└── MachineError           disk full, port taken, locked           exit 3
    ├── Locked             another rebuild or rollback runs
    └── MissingExtra       an optional part that is not installed
"""

from __future__ import annotations


class ChatbotError(Exception):
    """The base of every error the package raises on purpose; its text is one clear sentence."""

    exit_code = 2
    status = 500
    title = "Something went wrong"


class UsageError(ChatbotError):
    """Wrong usage or input."""

    status = 422
    title = "Wrong input"


class CorpusError(UsageError):
    """A corpus that cannot be indexed."""

    title = "The corpus cannot be indexed"


class SettingError(UsageError):
    """A setting with a wrong value or an unknown name."""

    title = "Wrong setting"


class QuestionFileError(UsageError):
    """A file of questions that cannot be read."""

    title = "Wrong question file"


class NotPublished(ChatbotError):
    """A version that was built but not published."""

    exit_code = 1
    status = 409
    title = "Not published"


class DamagedIndex(ChatbotError):
    """An index whose files are not what its manifest says; `older`: it is whole, but of an older program."""

    exit_code = 1
    status = 503
    title = "The index is damaged"

    def __init__(self, text: str, *, older: bool = False) -> None:
        super().__init__(text)
        self.older = older


class NoIndex(ChatbotError):
    """Nothing is published there."""

    status = 503
    title = "No index"


class NoSuchVersion(ChatbotError):
    """A version that is not there."""

    status = 404
    title = "No such version"


class MachineError(ChatbotError):
    """The machine, not the input: a full disk, a taken port, missing rights."""

    exit_code = 3
    status = 503
    title = "The machine is in the way"


class Locked(MachineError):
    """Another rebuild or rollback of the same index is running."""

    status = 409
    title = "Already running"


class MissingExtra(MachineError):
    """An optional part of the package that is not installed."""

    title = "Not installed"

    def __init__(self, wanted_by: str, extra: str) -> None:
        super().__init__(f"{wanted_by} needs the extra “{extra}”: pip install 'chatbot[{extra}]'")
