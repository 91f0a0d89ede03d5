"""The same act on many cases: chosen and looked at, confirmed, run one by one, told of each."""
