"""Many cases, written straight into PostgreSQL: benches need bulk, not stories.

Every row satisfies the schema's constraints; the demo, which people look at, goes through the
services instead. Of a million cases some thousands are open, as in an office that keeps up.
"""

from collections.abc import Iterator

from django.core.management.color import no_style
from django.db import connection
from django.db.models import NOT_PROVIDED, AutoField, Model
from django.utils import timezone

from documents.models import RegistryAnswer
from exports.models import (
    Application,
    Event,
    Exporter,
    Line,
    Membership,
    Office,
    User,
    Vehicle,
)
from reviews import reference
from reviews.models import (
    Backlog,
    BoardMark,
    Case,
    CheckRun,
    DayCount,
    DayOutcome,
    Finding,
    Interval,
    OpenCase,
)

OFFICES, EXPORTERS, REVIEWERS = 30, 5_000, 60
CHECKS, JUDGED = 28, 10_000
# Of a million, 7,463 are open; a stressed office has every fifth of its cases open.
USUAL, STRESSED = 134, 5
CLAIMS = (Office, User, Membership, Exporter, Application, Vehicle, Line, Case, Interval)
FILES = (CheckRun, Finding, Event, RegistryAnswer)
SUMS = (OpenCase, Backlog, DayCount, DayOutcome, BoardMark)
# How long ago: closed cases over two years, open ones over the last days.
AGES = """CROSS JOIN LATERAL (SELECT n %% {every} = 0 AS open, n / {every} AS k) o
    CROSS JOIN LATERAL (SELECT CASE
        WHEN open THEN make_interval(secs => (n::bigint * 7919) %% 345600)
        ELSE make_interval(hours => 120, secs => (n::bigint * 7919) %% 63072000)
    END AS age) a"""
STATUS = """CROSS JOIN LATERAL (SELECT CASE
    WHEN NOT open THEN CASE WHEN n %% 25 = 1 THEN 'refused' ELSE 'issued' END
    WHEN k %% 20 < 12 THEN 'in_review' WHEN k %% 20 < 18 THEN 'returned'
    WHEN k %% 20 = 18 THEN 'held' ELSE 'checking' END AS status) s"""
# Every fourth open case is a batch.
VEHICLES = "CASE WHEN open AND k %% 4 = 0 THEN 1 + k %% 20 ELSE 1 END"


def fill(*, cases: int, every: int = USUAL) -> None:
    """Write *cases* cases, each *every*-th of them open, with all that hangs on them."""
    reference.load(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the keys fit by construction
        for statement, values in statements(cases, every):
            cursor.execute(statement, values)
        cursor.execute("UPDATE exports_head SET seq = (SELECT max(seq) FROM exports_event)")
        cursor.execute("SET session_replication_role = DEFAULT")
        for statement in connection.ops.sequence_reset_sql(no_style(), [*CLAIMS, *FILES, *SUMS]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")  # as autovacuum soon would


def clear() -> None:
    """Empty the tables :func:`fill` writes."""
    tables = ", ".join(model._meta.db_table for model in (*CLAIMS, *FILES, *SUMS))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")


def statements(cases: int, every: int) -> Iterator[tuple[str, list[object]]]:
    """Yield what writes *cases* cases, in order."""
    yield from people()
    yield from claims(f"generate_series(1, {cases}) n", every)
    yield from files(f"generate_series(1, {cases}) n {AGES.format(every=every)} {STATUS}")
    yield from judgements()
    yield from sums()


def people() -> Iterator[tuple[str, list[object]]]:
    """Yield offices, their reviewers, and exporters with one person each."""
    yield insert(
        Office,
        f"generate_series(1, {OFFICES}) n",
        id="n",
        code="'bench' || n",
        level="'province'",
        name_zh="'基准商务局' || n",
        name_en="'Bench office ' || n",
    )
    yield insert(
        User,
        f"generate_series(1, {EXPORTERS + REVIEWERS}) n",
        id="n",
        password="'!'",
        email="'bench' || n || '@example.test'",
        name="'Bench person ' || n",
        language="'en'",
        joined_at="now()",
    )
    yield insert(
        Membership,
        f"generate_series(1, {REVIEWERS}) n",
        user_id="n",
        office_id=f"1 + n %% {OFFICES}",
        role="CASE WHEN n %% 6 = 0 THEN 'senior' ELSE 'reviewer' END",
    )
    yield insert(
        Exporter,
        f"generate_series(1, {EXPORTERS}) n",
        id="n",
        uscc="'91110000' || lpad(n::text, 8, '0') || 'XX'",
        name_zh="'基准出口公司' || n",
        name_en="'Bench exporter ' || n",
        office_id=f"1 + n %% {OFFICES}",
        filing_number="'B' || n",
    )


def claims(source: str, every: int) -> Iterator[tuple[str, list[object]]]:
    """Yield applications with their vehicles."""
    who = f"{REVIEWERS} + 1 + n %% {EXPORTERS}"
    filed = f"{source} {AGES.format(every=every)}"
    lines = f"{filed} CROSS JOIN LATERAL generate_series(1, {VEHICLES}) p"
    vin = "CASE WHEN p = 1 THEN 'LGXC74CG0T' || lpad(n::text, 7, '0')"
    vin += " ELSE 'LGXC74CG1T' || lpad((k * 20 + p)::text, 7, '0') END"
    yield insert(
        Application,
        filed,
        id="n",
        reference="'B2026-' || lpad(n::text, 7, '0')",
        exporter_id=f"1 + n %% {EXPORTERS}",
        office_id=f"1 + (1 + n %% {EXPORTERS}) %% {OFFICES}",
        destination_id="(ARRAY['KZ', 'RU', 'AE', 'UZ', 'KG'])[1 + n %% 5]",
        hs_code="'8703801090'",
        contract_number="'HT' || n",
        market_declaration="true",
        opened_by_id=who,
        opened_at="now() - age",
        filed_by_id=who,
        filed_on="(now() - age)::date",
        first_filed_on="(now() - age)::date",
        version="1",
    )
    yield insert(
        Vehicle,
        lines,
        exporter_id=f"1 + n %% {EXPORTERS}",
        vin=vin,
        brand="(ARRAY['比亚迪', '吉利', '奇瑞', '长安'])[1 + n %% 4]",
        model="'秦PLUS'",
        maker_name="'比亚迪汽车有限公司'",
        hs_code="'8703801090'",
        odometer_km="n %% 90000",
        registered_on="(now() - age)::date - (20 + n %% 400)::int",
        added_by_id=who,
        added_at="now() - age",
    )
    yield (
        "INSERT INTO exports_line (application_id, vehicle_id, vin, position, live)"
        f" SELECT n, v.id, v.vin, p, open FROM {lines} JOIN exports_vehicle v ON v.vin = {vin}",
        [],
    )


def files(source: str) -> Iterator[tuple[str, list[object]]]:
    """Yield the cases, what the ledger says of each, and the licences of those issued."""
    yield insert(
        Case,
        source,
        id="n",
        application_id="n",
        reference="'B2026-' || lpad(n::text, 7, '0')",
        status="status",
        status_since="now() - age",
        assignee_id=f"CASE WHEN open AND k %% 3 = 0 THEN 1 + k %% {REVIEWERS} END",
        filed_at="now() - age",
        due_at="now() - age + interval '3 days'",
        closed_at="CASE WHEN NOT open THEN now() - age + interval '2 days' END",
        version="1",
        exporter_id=f"1 + n %% {EXPORTERS}",
        office_id=f"1 + (1 + n %% {EXPORTERS}) %% {OFFICES}",
        destination_code="(ARRAY['KZ', 'RU', 'AE', 'UZ', 'KG'])[1 + n %% 5]",
        first_vin="'LGXC74CG0T' || lpad(n::text, 7, '0')",
        maker_name="'比亚迪汽车有限公司'",
        vehicle_count=VEHICLES,
        youngest_days="20 + n %% 400",
        passed="18 + n %% 5",
        attention="CASE WHEN k %% 3 = 0 THEN n %% 4 ELSE 0 END",
        failed="CASE WHEN k %% 5 = 0 THEN 1 + n %% 2 ELSE 0 END",
        risk="(k * 37) %% 101",
        escalated_at="CASE WHEN open AND k %% 97 = 0 THEN now() END",
        answered_at="CASE WHEN status = 'in_review' AND k %% 7 = 0 THEN now() - age / 2 END",
    )
    yield insert(
        Interval,
        source,
        case_id="n",
        kind="CASE WHEN status = 'returned' THEN 'paused' ELSE 'running' END",
        since="now() - age",
        until="CASE WHEN NOT open THEN now() - age + interval '2 days' END",
        why="'filed'",
    )
    yield insert(
        Event,
        source,
        seq="n",
        at="now() - age",
        actor="'Bench'",
        action="'application.filed'",
        subject="'application'",
        subject_key="'B2026-' || lpad(n::text, 7, '0')",
        mac="md5(n::text)",
    )


def judgements() -> Iterator[tuple[str, list[object]]]:
    """Yield what the checks found on open cases, and the registry's answers about them."""
    checked = "reviews_case c JOIN exports_application a ON a.id = c.application_id WHERE"
    checked += f" c.closed_at IS NULL AND c.status <> 'checking' ORDER BY c.id LIMIT {JUDGED}"
    yield insert(
        CheckRun,
        checked,
        case_id="c.id",
        code_version="'bench'",
        filed_on="a.filed_on",
        ran_at="c.filed_at",
    )
    yield insert(
        Finding,
        "reviews_checkrun r JOIN reviews_case c ON c.id = r.case_id JOIN exports_line l ON"
        f" l.application_id = c.application_id CROSS JOIN generate_series(1, {CHECKS}) n",
        run_id="r.id",
        line_id="l.id",
        check_id="'CHK-' || lpad(n::text, 2, '0')",
        outcome="CASE WHEN n <= c.failed THEN 'fail' WHEN n <= c.failed + c.attention"
        " THEN 'attention' ELSE 'pass' END",
        sentence_zh="'车辆与登记信息一致。'",
        sentence_en="'The vehicle agrees with the registration.'",
    )
    yield insert(
        RegistryAnswer,
        "exports_line l WHERE l.live",
        vin="l.vin",
        answered_at="now()",
        source="'bench'",
    )


def sums() -> Iterator[tuple[str, list[object]]]:
    """Yield the sums the board reads, as the ledger would have left them."""
    shanghai = "AT TIME ZONE 'Asia/Shanghai')::date"
    yield insert(
        OpenCase,
        "reviews_case c WHERE c.closed_at IS NULL",
        case_id="c.id",
        office_id="c.office_id",
        status="c.status",
        since="c.status_since",
        filed_day=f"(c.filed_at {shanghai}",
        due_day=f"(c.due_at {shanghai}",
    )
    yield insert(
        Backlog,
        "reviews_opencase c GROUP BY 1, 2, 3, 4",
        office_id="c.office_id",
        status="c.status",
        filed_day="c.filed_day",
        due_day="c.due_day",
        cases="count(*)",
    )
    closed = "reviews_case c WHERE c.closed_at > now() - interval '90 days' GROUP BY 1, 2, 3, 4"
    ended = {"issued": "count(*) FILTER (WHERE c.status = 'issued')"}
    ended["refused"] = "count(*) FILTER (WHERE c.status = 'refused')"
    for side, key in (
        ("all", "''"),
        ("destination", "c.destination_code"),
        ("maker", "c.maker_name"),
        ("exporter", "c.exporter_id::text"),
    ):
        yield insert(
            DayOutcome,
            closed,
            day=f"(c.closed_at {shanghai}",
            office_id="c.office_id",
            side=f"'{side}'",
            key=key,
            **ended,
        )
    for measure, moment in (("filed", "filed_at"), ("closed", "closed_at")):
        yield insert(
            DayCount,
            f"reviews_case c WHERE c.{moment} > now() - interval '90 days' GROUP BY 1, 2, 3, 4",
            day=f"(c.{moment} {shanghai}",
            office_id="c.office_id",
            measure=f"'{measure}'",
            key=f"to_char(c.{moment} AT TIME ZONE 'Asia/Shanghai', 'HH24')",
            times="count(*)",
        )
    yield insert(BoardMark, "exports_event", id="1", seq="coalesce(max(seq), 0)", at="now()")


def insert(model: type[Model], source: str, /, **columns: str) -> tuple[str, list[object]]:
    """Return the statement that writes *columns* from *source*, and defaults for the others."""
    values: list[object] = []
    filled = dict(columns)
    for field in model._meta.concrete_fields:
        if field.column not in filled and not field.null and not isinstance(field, AutoField):
            filled[field.column] = "%s"
            given = "" if field.default is NOT_PROVIDED else field.get_default()
            values.append(field.get_db_prep_save(given, connection))
    names = ", ".join(f'"{name}"' for name in filled)
    chosen = ", ".join(filled.values())
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {chosen} FROM {source}", values
