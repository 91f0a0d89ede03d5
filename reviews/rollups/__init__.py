"""The board's sums: counted from the ledger batch by batch, and rebuilt from it at will."""
