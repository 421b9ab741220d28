"""The house's plan (docs/structure.md), enforced. Each rule reads the files of a tree and lists its breaches; each is
shown a tree with a breach planted in it, and has to find it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("network", "authors", "articles", "editorial")  # each may import itself and those before it
LOOKING_DOWN = ("network/urls.py", "network/settings.py")
WIRING = {"network.urls", "network.settings", "network.wsgi", "network.admin", "network.apps"}
LONGEST_FUNCTION, LONGEST_FILE = 30, 400  # lines
MEANINGLESS = {"util", "utils", "helper", "helpers", "common", "mixin", "mixins"}
WHERE_A_PIECE_IS = {"stage", "standing"}
WRITERS = ("workflow", "writing", "admin")
DATA_BLOCK = '<script type="application/ld+json">{{ block }}</script>'  # no browser runs it: docs/adr/0019
DATA_BLOCKS_STAND_IN = "templates/partials/_structured_data.html"
STANDING_WORDS = ("opinions expressed here", "do not necessarily reflect", "a place for vibrant thought")


@dataclass(frozen=True)
class Source:
    """One file of the project, by its path from the top."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{node.lineno}"  # type: ignore[attr-defined]

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call, with the last word of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


def files(root: Path, *tops: str, suffixes: tuple[str, ...] = ("",)) -> Iterator[Path]:
    for top in tops:
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and path.name.endswith(suffixes) and "__pycache__" not in path.parts:
                yield path


def code(root: Path, *, migrations: bool = False) -> list[Source]:
    """The packages' own modules, or their migrations."""
    found = [path.relative_to(root) for path in files(root, *PACKAGES, suffixes=(".py",))]
    return [
        Source(str(path), (root / path).read_text()) for path in found if ("migrations" in path.parts) == migrations
    ]


def templates(root: Path) -> list[Source]:
    return [Source(str(path.relative_to(root)), path.read_text()) for path in files(root, "templates")]


# The rules


def imports_point_down(root: Path) -> Iterator[str]:
    """editorial → articles → authors, and all may use the leaves of `network`, which import no app."""
    for source in code(root) + code(root, migrations=True):
        if source.path in LOOKING_DOWN:
            continue
        for node, module in imported(source):
            if not may_import(source.path.split("/")[0], module):
                yield f"{source.at(node)} imports {module}"


def imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every imported module with its whole dotted name; of `from a import b`, `a.b`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = source.path.split("/")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            yield from ((node, f"{base}.{alias.name}") for alias in node.names)


def may_import(package: str, module: str) -> bool:
    top = module.partition(".")[0]
    if top == "tests":
        return False
    if top == "network":
        return package == "network" or ".".join(module.split(".")[:2]) not in WIRING
    return top not in PACKAGES or (package != "network" and PACKAGES.index(top) <= PACKAGES.index(package))


def imports_stand_at_the_top(root: Path) -> Iterator[str]:
    """No import inside a function, and none in disguise, to dodge a circle."""
    for source in code(root):
        functions = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        inside = {node for function in functions for node in ast.walk(function)}
        yield from (source.at(node) for node in inside if isinstance(node, ast.Import | ast.ImportFrom))
        disguised = ("import_module", "__import__", "get_model")
        yield from (f"{source.at(node)} {name}" for node, name in source.calls() if name in disguised)


def nothing_happens_by_signal(root: Path) -> Iterator[str]:
    for source in code(root):
        if Path(source.path).stem == "signals":
            yield source.path
        for node, module in imported(source):
            if module.startswith("django.dispatch") or "signals" in module.split("."):
                yield f"{source.at(node)} imports {module}"


def sight_is_asked_of_the_queryset(root: Path) -> Iterator[str]:
    """Who sees a piece is answered in `articles/querysets.py`. The desk's queue sorts what it may see already, and
    who writes a piece asks where it is."""
    answering = ("articles/querysets.py", "articles/models/", *(f"editorial/{name}.py" for name in WRITERS))
    asking = {"filter", "exclude", "get", "Q", "get_object_or_404", "get_list_or_404"}
    for source in code(root):
        for node, name in source.calls() if not source.path.startswith(answering) else ():
            about = {(keyword.arg or "").split("__")[0] for keyword in node.keywords}
            about |= {part for keyword in node.keywords for part in (keyword.arg or "").split("__")}
            if name in asking and about & WHERE_A_PIECE_IS:
                yield f"{source.at(node)} {name}"
    for source in templates(root):
        yield from matches(source, r"\.filter\(\s*(?:standing|stage)")


def only_markup_marks_html_safe(root: Path) -> Iterator[str]:
    """A letter is plain text and is escaped by nobody; a page always is."""
    marks = {"mark_safe", "SafeString", "SafeText"}
    for source in code(root):
        if source.path == "network/markup.py":
            continue
        yield from (f"{source.at(node)} {name}" for node, name in source.calls() if name in marks)
        yield from (f"{source.at(node)} {name}" for node, name in imported(source) if name.endswith(".mark_safe"))
    for source in templates(root):
        is_page = source.path.endswith(".html")
        yield from matches(source, r"\|\s*safe(?:seq)?\b" + (r"|\{%\s*autoescape\s+off" if is_page else ""))


def only_the_workflow_moves_a_piece(root: Path) -> Iterator[str]:
    """`.stage =`, `.standing =`, setattr, update() and new rows with either of them, in editorial/workflow.py alone."""
    for source in code(root):
        if source.path == "editorial/workflow.py":
            continue
        yield from (source.at(node) for node in assigned(source) if node.attr in WHERE_A_PIECE_IS)
        for node, name in source.calls():
            given = {keyword.arg for keyword in node.keywords}
            if name in ("update", "create", "Article", "update_or_create") and given & WHERE_A_PIECE_IS:
                yield f"{source.at(node)} {name}"
            if name in ("setattr", "bulk_update") and constants(node) & WHERE_A_PIECE_IS:
                yield f"{source.at(node)} {name}"


def assigned(source: Source) -> Iterator[ast.Attribute]:
    for node in ast.walk(source.tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) else ():
            yield from (part for part in ast.walk(target) if isinstance(part, ast.Attribute))


def constants(call: ast.Call) -> set[object]:
    return {part.value for given in call.args for part in ast.walk(given) if isinstance(part, ast.Constant)}


def functions_are_short(root: Path) -> Iterator[str]:
    for source in code(root):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{source.at(node)} {node.name} has {length} lines"


def files_are_short(root: Path) -> Iterator[str]:
    for path in files(root, *PACKAGES, suffixes=(".py", ".css", ".js")):
        if "migrations" not in path.parts and (length := len(path.read_text().splitlines())) > LONGEST_FILE:
            yield f"{path.relative_to(root)} has {length} lines"


def names_mean_something(root: Path) -> Iterator[str]:
    for path in files(root, *PACKAGES, "templates", "tests"):
        name = path.relative_to(root)
        words = {word for part in name.with_suffix("").parts for word in re.split(r"[_.-]", part.lower())}
        if words & MEANINGLESS:
            yield str(name)


def templates_hold_no_script_or_style(root: Path) -> Iterator[str]:
    """The content policy runs none of it: no script but by its address, no style, no handler in a tag. One template may
    hold one data block."""
    for source in templates(root):
        if source.path == DATA_BLOCKS_STAND_IN:
            source = Source(source.path, source.text.replace(DATA_BLOCK, "", 1))
        bare = Source(source.path, re.sub(r"\{%.*?%\}|\{#.*?#\}", " ", source.text, flags=re.DOTALL))
        yield from matches(bare, r"<script\b(?![^>]*\ssrc\s*=)|<style\b|\bstyle\s*=|\son[a-z]+\s*=|javascript:")


def the_disclaimers_words_are_a_row(root: Path) -> Iterator[str]:
    """They stand in no template, feed or setting. The demo network's first version is loaded from its folder."""
    for source in templates(root) + code(root):
        words = re.sub(r"[\s\"']+", " ", source.text).lower()
        if not source.path.startswith("editorial/demo/"):
            yield from (f"{source.path} says “{phrase}”" for phrase in STANDING_WORDS if phrase in words)


def matches(source: Source, pattern: str) -> Iterator[str]:
    for match in re.finditer(pattern, source.text, re.IGNORECASE):
        yield f"{source.path}:{source.text.count(chr(10), 0, match.start()) + 1} {match[0].strip()}"


RULES = (
    imports_point_down,
    imports_stand_at_the_top,
    nothing_happens_by_signal,
    sight_is_asked_of_the_queryset,
    only_markup_marks_html_safe,
    only_the_workflow_moves_a_piece,
    functions_are_short,
    files_are_short,
    names_mean_something,
    templates_hold_no_script_or_style,
    the_disclaimers_words_are_a_row,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps_its_rule(rule):
    assert list(rule(ROOT)) == []


# Planted breaches

BREACHES = [
    (imports_point_down, "authors/models.py", "from articles.models import Article"),
    (imports_point_down, "authors/models.py", "import articles.models"),
    (imports_point_down, "articles/views.py", "from editorial import workflow"),
    (imports_point_down, "articles/views.py", "if True:\n    import editorial.workflow"),
    (imports_point_down, "articles/models/article.py", "from ...editorial import workflow"),
    (imports_point_down, "articles/migrations/0009_x.py", "from editorial import safeguards"),
    (imports_point_down, "network/markup.py", "from authors.models import Author"),
    (imports_point_down, "network/models.py", "from articles.models import Article"),
    (imports_point_down, "network/wsgi.py", "import editorial"),
    (imports_point_down, "authors/views.py", "from network import settings"),
    (imports_point_down, "articles/views.py", "from network.urls import urlpatterns"),
    (imports_point_down, "articles/views.py", "from tests import factories"),
    (imports_stand_at_the_top, "editorial/views.py", "def view():\n    from editorial import workflow"),
    (imports_stand_at_the_top, "editorial/views.py", "class A:\n    async def view(self):\n        import json"),
    (imports_stand_at_the_top, "articles/views.py", "import importlib\nimportlib.import_module('editorial')"),
    (imports_stand_at_the_top, "articles/views.py", "from django.apps import apps\napps.get_model('editorial.Event')"),
    (nothing_happens_by_signal, "articles/models/article.py", "from django.dispatch import receiver"),
    (nothing_happens_by_signal, "articles/apps.py", "from django.db.models.signals import post_save"),
    (nothing_happens_by_signal, "articles/apps.py", "from django.db.models import signals"),
    (nothing_happens_by_signal, "articles/signals.py", ""),
    (sight_is_asked_of_the_queryset, "articles/views.py", "Article.objects.filter(standing='live')"),
    (sight_is_asked_of_the_queryset, "articles/views.py", "rows.exclude(article__stage__in=[])"),
    (sight_is_asked_of_the_queryset, "authors/views.py", "get_object_or_404(Article, slug=slug, standing='live')"),
    (sight_is_asked_of_the_queryset, "articles/admin.py", "rows.filter(Q(standing='live'))"),
    (sight_is_asked_of_the_queryset, "templates/articles/index.html", "{{ rows.filter(standing='live') }}"),
    (only_markup_marks_html_safe, "articles/views.py", "from django.utils.safestring import mark_safe"),
    (only_markup_marks_html_safe, "articles/views.py", "safestring.mark_safe('<b>')"),
    (only_markup_marks_html_safe, "editorial/widgets.py", "SafeString('<b>')"),
    (only_markup_marks_html_safe, "templates/articles/detail.html", "{{ revision.html|safe }}"),
    (only_markup_marks_html_safe, "templates/articles/detail.html", "{{ revision.html | safe }}"),
    (only_markup_marks_html_safe, "templates/articles/detail.html", "{% autoescape off %}"),
    (only_the_workflow_moves_a_piece, "editorial/effects.py", "piece.stage = 'draft'"),
    (only_the_workflow_moves_a_piece, "editorial/effects.py", "a, piece.standing = 1, 'live'"),
    (only_the_workflow_moves_a_piece, "articles/views.py", "rows.update(stage='draft')"),
    (only_the_workflow_moves_a_piece, "articles/admin.py", "Article.objects.create(headline='', stage='draft')"),
    (only_the_workflow_moves_a_piece, "editorial/writing.py", "Article(standing='live')"),
    (only_the_workflow_moves_a_piece, "editorial/writing.py", "setattr(piece, 'stage', 'draft')"),
    (only_the_workflow_moves_a_piece, "editorial/writing.py", "Article.objects.bulk_update(rows, ['stage'])"),
    (functions_are_short, "articles/views.py", "def view():\n" + "    pass\n" * 30),
    (functions_are_short, "articles/views.py", "class A:\n    async def view(self):\n" + "        pass\n" * 30),
    (files_are_short, "articles/views.py", "pass\n" * 401),
    (files_are_short, "network/static/css/reader.css", "a {}\n" * 401),
    (names_mean_something, "articles/utils.py", ""),
    (names_mean_something, "articles/helpers/slugs.py", ""),
    (names_mean_something, "editorial/form_mixins.py", ""),
    (names_mean_something, "templates/common/head.html", ""),
    (names_mean_something, "tests/helpers.py", ""),
    (templates_hold_no_script_or_style, "templates/base.html", "<script>alert(1)</script>"),
    (templates_hold_no_script_or_style, "templates/base.html", '<script type="application/ld+json">{}</script>'),
    (templates_hold_no_script_or_style, "templates/base.html", DATA_BLOCK),
    (templates_hold_no_script_or_style, DATA_BLOCKS_STAND_IN, "<script>{{ block }}</script>"),
    (templates_hold_no_script_or_style, DATA_BLOCKS_STAND_IN, DATA_BLOCK.replace("ld+json", "javascript")),
    (templates_hold_no_script_or_style, DATA_BLOCKS_STAND_IN, DATA_BLOCK.replace("{{ block }}", '{"a": 1}')),
    (templates_hold_no_script_or_style, DATA_BLOCKS_STAND_IN, DATA_BLOCK * 2),
    (only_markup_marks_html_safe, DATA_BLOCKS_STAND_IN, DATA_BLOCK.replace("block", "block|safe")),
    (templates_hold_no_script_or_style, "templates/base.html", "<style>a {}</style>"),
    (templates_hold_no_script_or_style, "templates/base.html", '<p style="color: red">'),
    (templates_hold_no_script_or_style, "templates/base.html", '<a {% if a > b %}x{% endif %} onclick="go()">'),
    (templates_hold_no_script_or_style, "templates/base.html", '<img\n  onerror = "go()">'),
    (templates_hold_no_script_or_style, "templates/base.html", '<a href="javascript:go()">'),
    (
        the_disclaimers_words_are_a_row,
        "templates/articles/_foot.html",
        "They do not\n  necessarily reflect those of us.",
    ),
    (the_disclaimers_words_are_a_row, "templates/emails/published.txt", "Opinions expressed here are yours."),
    (
        the_disclaimers_words_are_a_row,
        "network/settings.py",
        'WORDS = (\n    "They do not "\n    "necessarily reflect"\n)',
    ),
]


def plant(root: Path, path: str, text: str) -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return root


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES, ids=lambda value: getattr(value, "__name__", None))
def test_rule_finds_a_planted_breach(tmp_path, rule, path, text):
    root = plant(tmp_path, path, text)

    found = list(rule(root))

    assert [breach for breach in found if breach.startswith(path)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "editorial/views.py",
            "from articles.models import Article\nfrom authors import views\nfrom network import clock",
        ),
        ("articles/views.py", "from network.models import Network"),
        ("network/urls.py", "from editorial import uploads"),
        ("editorial/migrations/0009_x.py", "def forwards(apps, editor):\n    apps.get_model('articles', 'Article')"),
        ("articles/querysets.py", "def live(self):\n    return self.filter(standing='live')"),
        ("editorial/workflow.py", "rows.filter(stage='draft').update(stage='ready')"),
        ("editorial/trail.py", "rows.create(to_stage='draft', from_standing='live')"),
        ("editorial/desk.py", "if piece.stage == 'draft':\n    shown = piece.standing"),
        ("articles/views.py", "def view():\n" + "    pass\n" * 29),
        ("articles/models/article.py", "class Article:\n    stage = CharField()\n    commons = 1"),
        (
            "templates/base.html",
            '<script src="{% static "js/x.js" %}" defer></script>{% include "x" with on=1 style="a" %}',
        ),
        (DATA_BLOCKS_STAND_IN, "{% for block in head.data %}" + DATA_BLOCK + "{% endfor %}"),
        ("templates/emails/receipt.txt", "{% autoescape off %}{{ piece.headline }}{% endautoescape %}"),
        ("editorial/demo/load.py", '"Opinions expressed here do not necessarily reflect those of {host}."'),
    ],
)
def test_rules_leave_in_peace_what_is_allowed(tmp_path, path, text):
    root = plant(tmp_path, path, text)

    assert [breach for rule in RULES for breach in rule(root)] == []


def test_every_rule_has_been_seen_to_fail():
    assert {rule for rule, _, _ in BREACHES} == set(RULES)
