"""A licence after it was issued: found, taken along, used, replaced."""
