"""Child processes that may die without harm: bounded memory, time, files, no network."""
