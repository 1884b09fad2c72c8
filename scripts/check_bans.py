"""Refuses what the project must never contain: code that could leak between agencies or is out of its place.

Prints `path:line: rule: why` for each find and ends with status 1 if there is any. The reasons lie in
docs/adr/.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agencyam", "accounts", "clients", "kpis", "onboarding", "reports")
APPS = PACKAGES[1:]
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW = 400, 40, 30

# Places that need what a rule bans everywhere else; each is the one place for it.
EXEMPT: dict[str, tuple[str, ...]] = {
    "raw-search-path": ("agencyam/tenancy/",),
    "schema-switch": ("agencyam/tenancy/",),
    "public-in-sql": ("agencyam/tenancy/", "agencyam/jobs/"),
    "queue-outside-jobs": ("agencyam/jobs/",),
    "threads-or-async": ("agencyam/embedded/", "reports/pdf/", "reports/qbr/"),
    "ready-made-markup": ("agencyam/charts/",),
    "overridden-save": ("agencyam/tenancy/",),
    # An audit row's time is evidence, not the caller's word; schedules are planned from the present on.
    "clock-in-service": (
        "agencyam/",
        "accounts/services/audit.py",
        "accounts/services/bootstrap.py",
        "accounts/services/settings.py",
    ),
    # Text to value, the same for every agency.
    "process-wide-cache": ("clients/exchange/types.py", "kpis/formulas/"),
}


@dataclass(frozen=True)
class Find:
    """One breach of one rule."""

    path: str
    line: int
    rule: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.why}"


def check_python(path: str, source: str) -> list[Find]:
    """All breaches in one Python file; `path` is relative to the checkout and decides which rules hold."""
    tree = ast.parse(source)
    finds = [Find(path, line, rule, why) for rule, line, why in _python_breaches(path, tree)]
    # A test may do on purpose what the product must not, to show what comes of it.
    finds = [] if path.startswith("tests/") else finds
    finds += list(_too_long(path, source, tree))
    return [find for find in finds if not path.startswith(EXEMPT.get(find.rule, ()))]


Breach = tuple[str, int, str]


def _python_breaches(path: str, tree: ast.AST) -> Iterator[Breach]:
    for node in ast.walk(tree):
        yield from _switching_breaches(node)
        yield from _call_breaches(path, node)
        yield from _name_breaches(path, node)
        yield from _text_breaches(node)
        yield from _class_breaches(path, node)


def _switching_breaches(node: ast.AST) -> Iterator[Breach]:
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            name = _last_name(item.context_expr)
            is_call = isinstance(item.context_expr, ast.Call)
            if not is_call and re.search(r"(^|_)(agency|tenant)$", name):
                yield "with-agency", node.lineno, "keeps one list for all threads: `tenant_context(agency)`"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            if _last_name(decorator) in {"tenant_context", "schema_context"}:
                yield "context-as-decorator", decorator.lineno, "one object for all calls: open it inside"
            if _last_name(decorator) == "receiver":
                yield "signal", decorator.lineno, "hidden calls: name the service that does it"
    if isinstance(node, ast.Assign) and re.match(r"TENANT_LIMIT_SET_CALLS = (?!False$)", ast.unparse(node)):
        yield "limit-set-calls", node.lineno, "leaves a stale search path behind: it stays False"
    if isinstance(node, ast.AsyncFunctionDef):
        yield "threads-or-async", node.lineno, "WSGI and prefork only: the agency is bound to a thread"


BANNED_CALLS = {
    "delay": "queue-outside-jobs",
    "apply_async": "queue-outside-jobs",
    "delay_on_commit": "queue-outside-jobs",
    "apply_async_on_commit": "queue-outside-jobs",
    "send_task": "queue-outside-jobs",
    "set_tenant": "schema-switch",
    "set_schema": "schema-switch",
    "set_schema_to_public": "schema-switch",
}
WHY_OF_CALL = {
    "queue-outside-jobs": "a message is only a hint: `jobs.services.enqueue`, then `hint_on_commit`",
    "schema-switch": "only `with tenant_context(agency):` enters an agency",
}
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("date", "today"),
    ("datetime", "today"),
    ("time", "time"),
}
CLOCKLESS = re.compile(r"(^|/)(services|selectors|formulas)(/|\.py$)")


def _call_breaches(path: str, node: ast.AST) -> Iterator[Breach]:
    if not isinstance(node, ast.Call):
        return
    name = _last_name(node.func)
    is_method = isinstance(node.func, ast.Attribute)
    owner = _last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if name == "SafeString":
        yield "ready-made-markup", node.lineno, "only agencyam.charts makes markup"
    if is_method and name in BANNED_CALLS:
        rule = BANNED_CALLS[name]
        yield rule, node.lineno, WHY_OF_CALL[rule]
    if is_method and name == "order_by" and any(_mentions_request(argument) for argument in node.args):
        yield "user-chosen-names", node.lineno, "sort keys come from a closed list, never from the request"
    if any(word.arg is None and _mentions_request(word.value) for word in node.keywords):
        yield "user-chosen-names", node.lineno, "names of fields come from code, never from the request"
    if is_method and CLOCKLESS.search(path) and (owner, name) in CLOCKS:
        yield "clock-in-service", node.lineno, "the edge reads the clock and hands `now` or `today` down"
    if is_method and path.endswith("views.py") and name in {"filter", "save"}:
        yield "query-in-view", node.lineno, "a view permits, parses, calls one selector or service, responds"


BANNED_NAMES = {
    "schema_context": ("schema-context", "the schema's name alone skips the agency's state and the guard"),
    "cache_page": ("cached-page", "its key does not know the agency"),
    "mark_safe": ("ready-made-markup", "format_html escapes what it is given"),
    "StreamingHttpResponse": (
        "streaming-body",
        "its body runs after the agency was left: write a file in a job",
    ),
}
BANNED_MODULES = {"threading", "concurrent", "asyncio", "multiprocessing", "gevent", "eventlet"}


def _name_breaches(path: str, node: ast.AST) -> Iterator[Breach]:
    if not isinstance(node, ast.Import | ast.ImportFrom | ast.Attribute):
        return
    if isinstance(node, ast.Attribute):
        modules, names = set(), {node.attr}
    elif isinstance(node, ast.ImportFrom):
        modules, names = {node.module or ""}, {alias.name for alias in node.names}
    else:
        modules, names = {alias.name for alias in node.names}, set()
    for module in modules:
        if module.split(".")[0] in BANNED_MODULES:
            yield "threads-or-async", node.lineno, f"{module}: the agency is bound to a thread"
        if module == "django.db.models.signals":
            yield "signal", node.lineno, "hidden calls: name the service that does it"
    for name in names & BANNED_NAMES.keys():
        rule, why = BANNED_NAMES[name]
        yield rule, node.lineno, why
    if names & {"lru_cache", "cache", "cached"} and path.startswith(APPS) and _is_from_functools(node):
        yield "process-wide-cache", node.lineno, "what one agency puts in, another one gets out"


def _is_from_functools(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "functools"
    return isinstance(node, ast.Attribute) and _last_name(node.value) == "functools"


SQL_WORDS = re.compile(r"\b(select|insert|update|delete|from|join|truncate|alter|drop)\b", re.I)


def _text_breaches(node: ast.AST) -> Iterator[Breach]:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return
    if re.search(r"\bset\s+(local\s+|session\s+)?search_path\b", node.value, re.I):
        yield "raw-search-path", node.lineno, "only the database engine sets the search path"
    if re.search(r"\bpublic\.\w", node.value) and SQL_WORDS.search(node.value):
        yield "public-in-sql", node.lineno, "an agency's query never reaches into the public schema"


def _class_breaches(path: str, node: ast.AST) -> Iterator[Breach]:
    if not (isinstance(node, ast.ClassDef) and path.startswith(PACKAGES)):
        return
    for part in node.body:
        if node.name == "Meta" and isinstance(part, ast.Assign) and _last_name(part.targets[0]) == "ordering":
            yield "default-ordering", part.lineno, "each selector names its own order"
        is_method = isinstance(part, ast.FunctionDef) and part.name == "save"
        if is_method and path.endswith("models.py"):
            yield "overridden-save", part.lineno, "a write is a service"


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "attr", None) or getattr(node, "id", None) or ""


def _mentions_request(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "request" for part in ast.walk(node))


def _too_long(path: str, source: str, tree: ast.AST) -> Iterator[Find]:
    if "/migrations/" in path:
        return
    lines = source.count("\n")
    if lines > LONGEST_FILE:
        yield Find(
            path, lines, "long-file", f"{lines} lines; split it at {LONGEST_FILE} or at its third noun"
        )
    if path.startswith("tests/"):
        return
    limit = LONGEST_VIEW if path.endswith("views.py") else LONGEST_FUNCTION
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _length_without_docstring(node)
            if length > limit:
                yield Find(
                    path, node.lineno, "long-function", f"{node.name} has {length} lines; {limit} are enough"
                )


def _length_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


TEMPLATE_RULES = (
    ("ready-made-markup", r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off", "only agencyam.charts makes markup"),
    ("inline-style", r"<[a-z][^>]*\sstyle\s*=|<style\b", "the Content-Security-Policy has no unsafe-inline"),
    ("inline-script", r"<script\b(?![^>]*\bsrc\s*=)", "the Content-Security-Policy has no unsafe-inline"),
    ("inline-handler", r"<[a-z][^>]*\son[a-z]+\s*=|\b(data-)?hx-on[:-]", "handlers are in static/js"),
    ("evaluated-text", r"javascript:|hx-(vals|headers)\s*=\s*['\"]js:", "the policy has no unsafe-eval"),
)


def check_template(path: str, source: str) -> list[Find]:
    """All breaches in one template."""
    # Comments may name what is banned; blanks keep the line numbers.
    bare = re.sub(
        r"{#.*?#}|{% comment .*?endcomment %}", lambda m: re.sub(r"\S", " ", m[0]), source, flags=re.S
    )
    return [
        Find(path, bare.count("\n", 0, match.start()) + 1, rule, why)
        for rule, pattern, why in TEMPLATE_RULES
        for match in re.finditer(pattern, bare, re.I)
    ]


def check_all(root: Path) -> list[Find]:
    """All breaches in a checkout."""
    finds: list[Find] = []
    for folder in (*PACKAGES, "scripts", "tests", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            finds += check_python(path.relative_to(root).as_posix(), path.read_text())
    for path in sorted((root / "templates").rglob("*.html")):
        finds += check_template(path.relative_to(root).as_posix(), path.read_text())
    return finds


def main() -> None:
    finds = check_all(ROOT)
    for find in finds:
        print(find)
    sys.exit(1 if finds else 0)


if __name__ == "__main__":
    main()
