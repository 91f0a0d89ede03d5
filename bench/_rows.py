"""Many cases, written straight into PostgreSQL: benches need bulk, not stories.

Every row satisfies the schema's constraints; the demo, which people look at, goes through the
services instead.
"""

from django.db import connection

STATEMENTS = (
    """
    INSERT INTO exports_office (code, level, province, name_zh, name_en, parent_id)
    SELECT 'bench' || n, 'province', '', '基准商务局' || n, 'Bench office ' || n, NULL
    FROM generate_series(1, 30) n
    """,
    """
    INSERT INTO exports_exporter (uscc, name_zh, name_en, former_names, office_id, filing_number,
        standing, abnormal_operation)
    SELECT '91110000' || lpad(n::text, 8, '0') || 'XX', '基准出口公司' || n, 'Bench exporter ' || n,
        '[]', (SELECT min(id) FROM exports_office) + n %% 30, 'B' || n, 'normal', false
    FROM generate_series(1, 2000) n
    """,
    """
    INSERT INTO exports_user (password, is_superuser, email, name, language, is_active, joined_at)
    SELECT '!', n = 1, 'bench' || n || '@example.test', 'Bench person ' || n, 'en', true, now()
    FROM generate_series(1, 50) n
    """,
    """
    INSERT INTO exports_application (reference, exporter_id, office_id, hs_code, contract_number,
        consignor_name, consignor_uscc, market_declaration, opened_by_id, opened_at, filed_by_id,
        filed_on, first_filed_on, version)
    SELECT 'B2026-' || lpad(n::text, 7, '0'), e.id, e.office_id, '8703801090', 'HT' || n, '', '',
        true, p.id, now(), p.id, current_date, current_date, 1
    FROM generate_series(1, %(cases)s) n
    JOIN exports_exporter e ON e.id = (SELECT min(id) FROM exports_exporter) + n %% 2000
    CROSS JOIN (SELECT min(id) AS id FROM exports_user) p
    """,
    """
    INSERT INTO reviews_case (application_id, reference, status, status_since, assignee_id,
        filed_at, due_at, closed_at, attempts, version, exporter_id, office_id, destination_code,
        first_vin, vehicle_count, youngest_days, passed, attention, failed)
    SELECT a.id, a.reference, s.status, now() - age, CASE WHEN n %% 3 = 0 AND s.open
            THEN (SELECT min(id) FROM exports_user) + n %% 50 END,
        now() - age, now() - age + interval '3 days',
        CASE WHEN s.open THEN NULL ELSE now() END, 0, 1, a.exporter_id, a.office_id,
        (ARRAY['KZ', 'RU', 'AE', 'UZ', 'KG'])[1 + n %% 5],
        'LGXC74CG0T' || lpad(n::text, 7, '0'), 1 + n %% 20, n %% 400, 18 + n %% 5, n %% 4,
        CASE WHEN n %% 9 = 0 THEN 1 ELSE 0 END
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM exports_application) a
    CROSS JOIN LATERAL (SELECT make_interval(secs => (n * 7919) %% 8640000) AS age) t
    CROSS JOIN LATERAL (
        SELECT CASE WHEN n %% 20 < 2 THEN 'in_review' WHEN n %% 20 = 2 THEN 'returned'
                    WHEN n %% 100 = 3 THEN 'held' WHEN n %% 100 = 23 THEN 'checking'
                    WHEN n %% 20 < 18 THEN 'issued' ELSE 'refused' END AS status
    ) raw
    CROSS JOIN LATERAL (
        SELECT raw.status, raw.status IN ('in_review', 'returned', 'held', 'checking') AS open
    ) s
    """,
    "VACUUM ANALYZE",  # as autovacuum soon would
)


def fill(*, cases: int) -> None:
    """Write *cases* cases with their applications, exporters, offices and people."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, {"cases": cases})


def clear() -> None:
    """Empty the tables :func:`fill` writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE reviews_case, exports_application, exports_user, exports_exporter,"
            " exports_office CASCADE"
        )
