"""The head of a reader's page, one tag for each kind of page. Each reads what the page's view has loaded already."""

from typing import Any

from django import template

from articles import metadata

register = template.Library()
HEAD = "partials/_meta.html"


@register.inclusion_tag(HEAD, takes_context=True)
def home_head(context) -> dict[str, Any]:
    return {"head": metadata.of_home(context["network"])}


@register.inclusion_tag(HEAD, takes_context=True)
def page_head(context, title: str, description: str = "") -> dict[str, Any]:
    """A list of pieces, where the page has one as `page`, or a page of words."""
    path, page = context["request"].path, context.get("page")
    return {"head": metadata.of_listing(context["network"], path, str(title), str(description), page)}


@register.inclusion_tag(HEAD, takes_context=True)
def section_head(context) -> dict[str, Any]:
    return {"head": metadata.of_section(context["network"], context["section"], context["page"])}


@register.inclusion_tag(HEAD, takes_context=True)
def author_head(context) -> dict[str, Any]:
    return {"head": metadata.of_author(context["network"], context["author"], context["page"])}


@register.inclusion_tag(HEAD, takes_context=True)
def piece_head(context) -> dict[str, Any]:
    return {"head": metadata.of_piece(context.flatten())}


@register.inclusion_tag(HEAD, takes_context=True)
def version_head(context) -> dict[str, Any]:
    return {"head": metadata.of_version(context["article"])}
