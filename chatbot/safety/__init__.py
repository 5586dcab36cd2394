"""Safety triage: emergencies, crises, personal advice and small talk, before anything is searched."""

from chatbot.safety.judgement import LISTED
from chatbot.safety.quoting import reads_as_verdict
from chatbot.safety.triage import Triage, triage

__all__ = ["LISTED", "Triage", "reads_as_verdict", "triage"]
