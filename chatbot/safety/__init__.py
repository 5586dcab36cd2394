"""Safety triage: emergencies, crises, personal advice and small talk, before anything is searched."""

from chatbot.safety.quoting import reads_as_verdict
from chatbot.safety.triage import Triage, triage

__all__ = ["Triage", "reads_as_verdict", "triage"]
