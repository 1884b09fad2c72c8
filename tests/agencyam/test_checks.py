"""Every ban of scripts/check_bans.py fires on a planted sample and stays quiet on its allowed twin."""

import importlib.util
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("check_bans", CHECKOUT / "scripts" / "check_bans.py")
check_bans = importlib.util.module_from_spec(SPEC)
# Dataclasses look their module up by name.
importlib.import_module("sys").modules["check_bans"] = check_bans
SPEC.loader.exec_module(check_bans)


def rules_of(path, source):
    return [find.rule for find in check_bans.check_python(path, source)]


PLANTED = [
    ("with-agency", "clients/book/services.py", "with agency:\n    pass\n"),
    ("with-agency", "clients/book/services.py", "with self.other_tenant:\n    pass\n"),
    ("context-as-decorator", "clients/book/tasks.py", "@tenant_context(agency)\ndef run(): ...\n"),
    ("schema-context", "kpis/tasks.py", "from django_tenants.utils import schema_context\n"),
    ("limit-set-calls", "agencyam/settings.py", "TENANT_LIMIT_SET_CALLS = True\n"),
    ("limit-set-calls", "agencyam/settings.py", "TENANT_LIMIT_SET_CALLS = env.bool('LIMIT')\n"),
    ("raw-search-path", "kpis/direct/money.py", 'cursor.execute("SET search_path TO t_1")\n'),
    ("raw-search-path", "kpis/direct/money.py", 'cursor.execute("set local search_path = t_1")\n'),
    ("schema-switch", "clients/book/views.py", "connection.set_tenant(agency)\n"),
    ("queue-outside-jobs", "reports/views.py", "render_qbr.delay(qbr_id=1)\n"),
    ("queue-outside-jobs", "reports/views.py", "render_qbr.apply_async(kwargs={})\n"),
    ("queue-outside-jobs", "reports/views.py", "render_qbr.delay_on_commit(qbr_id=1)\n"),
    ("cached-page", "kpis/views.py", "from django.views.decorators.cache import cache_page\n"),
    ("process-wide-cache", "accounts/selectors.py", "from functools import lru_cache\n"),
    ("process-wide-cache", "accounts/selectors.py", "import functools\n@functools.cache\ndef f(): ...\n"),
    ("user-chosen-names", "clients/book/selectors.py", 'clients.order_by(request.GET["sort"])\n'),
    ("user-chosen-names", "clients/book/selectors.py", "clients.exclude(**request.GET.dict())\n"),
    ("threads-or-async", "clients/book/selectors.py", "import threading\n"),
    ("threads-or-async", "clients/book/selectors.py", "from concurrent.futures import ThreadPoolExecutor\n"),
    ("threads-or-async", "clients/book/views.py", "async def client_list(request): ...\n"),
    ("streaming-body", "reports/views.py", "from django.http import StreamingHttpResponse\n"),
    ("ready-made-markup", "kpis/views.py", "from django.utils.safestring import mark_safe\n"),
    ("ready-made-markup", "kpis/views.py", "text = SafeString(name)\n"),
    ("public-in-sql", "kpis/direct/money.py", 'sql = "SELECT name FROM public.tenancy_agency"\n'),
    ("clock-in-service", "clients/book/services.py", "now = timezone.now()\n"),
    ("clock-in-service", "clients/book/selectors.py", "today = datetime.date.today()\n"),
    ("clock-in-service", "kpis/formulas/nrr.py", "now = datetime.now(UTC)\n"),
    ("query-in-view", "clients/book/views.py", "clients = Client.objects.filter(tier='a')\n"),
    ("query-in-view", "clients/book/views.py", "client.save()\n"),
    ("signal", "clients/book/models.py", "from django.db.models.signals import post_save\n"),
    ("signal", "clients/book/apps.py", "@receiver(post_save)\ndef run(): ...\n"),
    (
        "default-ordering",
        "clients/book/models.py",
        "class Client:\n    class Meta:\n        ordering = ['name']\n",
    ),
    ("overridden-save", "clients/book/models.py", "class Client:\n    def save(self): ...\n"),
    ("long-file", "clients/book/services.py", "\n" * 401),
    ("long-file", "tests/clients/test_services.py", "\n" * 401),
    ("long-function", "clients/book/services.py", "def run():\n" + "    x = 1\n" * 40),
    ("long-function", "clients/book/views.py", "def run():\n" + "    x = 1\n" * 30),
]


@pytest.mark.parametrize(("rule", "path", "source"), PLANTED)
def test_ban_fires_on_a_planted_breach(rule, path, source):
    assert rules_of(path, source) == [rule]


ALLOWED = [
    ("clients/book/services.py", "with tenant_context(agency):\n    pass\n"),
    ("agencyam/settings.py", "TENANT_LIMIT_SET_CALLS = False\n"),
    ("agencyam/tenancy/backend/base.py", 'cursor.execute("SET search_path = public")\n'),
    ("agencyam/jobs/services.py", "run_job.delay(job_id=1)\n"),
    ("agencyam/charts/markup.py", "svg = SafeString(text)\n"),
    ("reports/views.py", "def show(request) -> SafeString: ...\n"),
    ("clients/book/selectors.py", 'clients.order_by("name", "pk")\n'),
    ("clients/book/views.py", "now = timezone.now()\n"),
    ("kpis/direct/money.py", 'text = "the public.interest is no table"\n'),
    ("clients/book/services.py", 'def run():\n    """' + "What.\n" * 30 + '"""\n' + "    x = 1\n" * 30),
    ("clients/migrations/0001_first.py", "\n" * 900),
    ("tests/agencyam/test_context.py", "with agency:\n    pass\n"),
]


@pytest.mark.parametrize(("path", "source"), ALLOWED)
def test_ban_leaves_its_allowed_twin_alone(path, source):
    assert rules_of(path, source) == []


TEMPLATES = [
    ("ready-made-markup", "<p>{{ name|safe }}</p>"),
    ("ready-made-markup", "{% autoescape off %}{{ name }}{% endautoescape %}"),
    ("inline-style", '<p style="color: red">'),
    ("inline-style", "<style>p {}</style>"),
    ("inline-script", "<script>go()</script>"),
    ("inline-handler", '<a href="/" onclick="go()">'),
    ("inline-handler", '<a hx-on:click="go()">'),
    ("evaluated-text", '<a href="javascript:go()">'),
    ("evaluated-text", "<a hx-vals='js:{a: 1}'>"),
]


@pytest.mark.parametrize(("rule", "source"), TEMPLATES)
def test_template_ban_fires_on_a_planted_breach(rule, source):
    finds = check_bans.check_template("templates/page.html", f"<main>\n{source}\n</main>")

    assert [(find.rule, find.line) for find in finds] == [(rule, 2)]


def test_template_bans_leave_clean_markup_and_comments_alone():
    source = """{# never |safe, never style="" #}
    <script src="/static/js/app.js" defer></script>
    <p class="on" data-onset="1">{{ name }}</p>
    """

    assert check_bans.check_template("templates/page.html", source) == []


def test_this_checkout_keeps_every_ban():
    assert [str(find) for find in check_bans.check_all(CHECKOUT)] == []
