"""Names in the reader's language, for templates."""

from django import template

from reviews.naming import Names

register = template.Library()


@register.filter
def country(code: str, names: Names) -> str:
    """Return a country by name and code."""
    return names.country(code)


@register.filter
def maker(printed: str, names: Names) -> str:
    """Return the English name of a maker for whoever reads English, else nothing."""
    return names.maker(printed)
