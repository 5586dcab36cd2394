"""Questions with expected answers, run against an index."""

from chatbot.evaluation.figures import Figures, grouped
from chatbot.evaluation.judging import LONGEST, Outcome, ask_editors_questions, run
from chatbot.evaluation.questions import (
    Asked,
    Gold,
    Item,
    plain_words,
    read_files,
    read_questions,
    strange_documents,
)
from chatbot.evaluation.table import misses, table

__all__ = [
    "LONGEST",
    "Asked",
    "Figures",
    "Gold",
    "Item",
    "Outcome",
    "ask_editors_questions",
    "grouped",
    "misses",
    "plain_words",
    "read_files",
    "read_questions",
    "run",
    "strange_documents",
    "table",
]
