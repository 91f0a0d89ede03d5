"""The clean lane: a sheet of cases whose every check passes, signed after a look at each."""
