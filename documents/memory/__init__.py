"""Memory across cases: what a paper shares with others, of any exporter."""

from documents.memory.found import MOST
from documents.memory.listening import echoes_for, listen

__all__ = ["MOST", "echoes_for", "listen"]
