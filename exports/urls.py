"""Addresses whose pages show the claim alone."""

from exports.site import alive, ready, set_language

public: list[object] = []
portal: list[object] = []
api: list[object] = []

__all__ = ["alive", "api", "portal", "public", "ready", "set_language"]
