"""Addresses whose pages show the claim alone."""

from django.urls import URLPattern

from exports.site import alive, ready, set_language

public: list[URLPattern] = []
portal: list[URLPattern] = []
api: list[URLPattern] = []

__all__ = ["alive", "api", "portal", "public", "ready", "set_language"]
