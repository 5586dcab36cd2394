"""Which steps of the understanding are taken: all, but where one is to be measured by leaving it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps that can be left out, each by its name."""

    spelling: bool = True
    everyday_words: bool = True
    kind_asked: bool = True
    focus: bool = True


ALL = Steps()
