"""The objects of the OpenAI wire format, as far as they are used here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

MODEL = "chatbot"


ID_PREFIX = "chatcmpl-"
"""What an id begins with before the reply's own."""


@dataclass(frozen=True, slots=True)
class CompletionMessage:
    """A message; a list as its content holds parts, of which those with `text` are read."""

    role: str
    content: str | tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """What a stream holds besides the reply."""

    include_usage: bool | None = None


@dataclass(frozen=True, slots=True)
class ChatCompletionRequest:
    """A conversation: its last message by `user` is the question; parameters not named here are ignored."""

    messages: Annotated[tuple[CompletionMessage, ...], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None


@dataclass(frozen=True, slots=True)
class UrlCitation:
    """Where a quote stands; the indices are code points of the content, the end one past the last."""

    url: str
    title: str
    start_index: int
    end_index: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A citation in the content."""

    url_citation: UrlCitation
    type: Literal["url_citation"] = "url_citation"


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """The reply."""

    content: str
    annotations: tuple[Annotation, ...] = ()
    refusal: None = None
    role: Literal["assistant"] = "assistant"


@dataclass(frozen=True, slots=True)
class Choice:
    """The one reply there is."""

    message: AssistantMessage
    index: int = 0
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class Usage:
    """Words and punctuation marks, read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """A reply; `id` is `chatcmpl-` and the reply's own id, `system_fingerprint` the index version."""

    id: str
    created: int
    system_fingerprint: str
    choices: tuple[Choice, ...]
    usage: Usage
    model: str = MODEL
    object: Literal["chat.completion"] = "chat.completion"


@dataclass(frozen=True, slots=True)
class Delta:
    """What a chunk adds to the message."""

    role: Literal["assistant"] | UnsetType = UNSET
    content: str | UnsetType = UNSET
    annotations: tuple[Annotation, ...] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class ChunkChoice:
    """The one reply there is, a piece of it."""

    delta: Delta
    finish_reason: Literal["stop"] | None = None
    index: int = 0
    logprobs: None = None


@dataclass(frozen=True, slots=True)
class ChatCompletionChunk:
    """A piece of a streamed reply."""

    id: str
    created: int
    system_fingerprint: str
    choices: tuple[ChunkChoice, ...]
    usage: Usage | UnsetType | None = UNSET
    model: str = MODEL
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"


@dataclass(frozen=True, slots=True)
class Model:
    """The one model there is; `created` is when the index was built."""

    created: int
    id: str = MODEL
    object: Literal["model"] = "model"
    owned_by: str = MODEL


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models there are."""

    data: tuple[Model, ...]
    object: Literal["list"] = "list"


@dataclass(frozen=True, slots=True)
class ErrorFields:
    """What is wrong: `param` names the field, `code` the kind of problem."""

    message: str
    type: Literal["invalid_request_error", "rate_limit_error", "server_error"]
    param: str | None
    code: str


@dataclass(frozen=True, slots=True)
class OpenAIError:
    """An error as OpenAI's clients understand it."""

    error: ErrorFields
