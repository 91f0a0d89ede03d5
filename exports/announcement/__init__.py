"""The announcement of manufacturers (公告): a new list is read, compared, applied or taken back."""
