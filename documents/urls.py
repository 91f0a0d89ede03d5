"""Addresses whose pages show evidence."""

from django.urls import URLPattern

portal: list[URLPattern] = []
