"""Date formats."""
