"""Safety triage: emergencies, crises, personal advice and small talk, before anything is searched."""

from chatbot.safety.triage import Triage, triage

__all__ = ["Triage", "triage"]
