"""Propose values from the text of a document's pages. Pure: decides nothing, stores nothing."""
