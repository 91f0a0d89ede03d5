"""The steps a document takes, each safe to run twice."""
