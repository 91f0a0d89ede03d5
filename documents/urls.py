"""Addresses whose pages show evidence."""

portal: list[object] = []
