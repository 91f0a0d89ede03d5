"""The supervisor's board: what waits, what comes and goes, how it ends, read from sums."""
