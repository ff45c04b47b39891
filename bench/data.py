"""Incidents as ServiceNow would export them: seeded, 18 columns, about 260 bytes a row, 24 months, 12 services; and their state log."""

from __future__ import annotations

from pathlib import Path

import duckdb

ROWS = 1_000_000
END = "TIMESTAMP '2026-11-01'"  # when the export was made
CHOICES = {
    "priority": ["1 - Critical", "2 - High", "3 - Moderate", "3 - Moderate", "3 - Moderate", "4 - Low", "4 - Low"],
    "contact_type": ["phone", "email", "self-service", "chat", "monitoring"],
}


def write(path: Path, rows: int = ROWS) -> Path:
    """Write the export unless it is there."""
    return _write(path, _rows(rows))


def write_log(path: Path, rows: int = ROWS) -> Path:
    """Write the state log of as many incidents unless it is there: opened, assigned, every fourth on hold and off, resolved, closed."""
    return _write(path, _log(rows))


def _write(path: Path, sql: str) -> Path:
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with duckdb.connect() as connection:
        connection.execute("SET threads=1")
        connection.execute(f"COPY ({sql}) TO '{partial.as_posix()}' (HEADER, DELIMITER ',')")
    partial.replace(path)
    return path


def _pick(name: str, salt: int) -> str:
    texts = ", ".join(f"'{text}'" for text in CHOICES[name])
    return f"list_value({texts})[(1 + hash(i * {salt}) % {len(CHOICES[name])})::BIGINT]"


def _rows(rows: int) -> str:
    """Opened evenly over 24 months, resolved log-normally later, closed five days after that; 1 % are forgotten and stay open."""
    return f"""
    WITH opened AS (
      SELECT i, TIMESTAMP '2024-11-01' + to_seconds(i * 63072000 // {rows} + (hash(i) % 3600)::BIGINT) AS opened,
             to_seconds((exp(8 + 2 * ((hash(i * 3) % 1000)::BIGINT - 500) / 250.0))::BIGINT) AS took
      FROM range({rows}) t(i)),
    base AS (
      SELECT *, CASE WHEN hash(i * 7) % 100 = 0 OR opened + took > {END} THEN 'In Progress'
                     WHEN opened + took + INTERVAL 5 DAY > {END} THEN 'Resolved' ELSE 'Closed' END AS state
      FROM opened)
    SELECT 'INC' || lpad(i::VARCHAR, 8, '0') AS number, strftime(opened, '%Y-%m-%d %H:%M:%S') AS opened_at,
           CASE WHEN state IN ('Closed', 'Resolved') THEN strftime(opened + took, '%Y-%m-%d %H:%M:%S') END AS resolved_at,
           CASE WHEN state = 'Closed' THEN strftime(opened + took + INTERVAL 5 DAY, '%Y-%m-%d %H:%M:%S') END AS closed_at,
           strftime(least(opened + took + INTERVAL 5 DAY, {END}), '%Y-%m-%d %H:%M:%S') AS sys_updated_on, state, {_pick("priority", 11)} AS priority,
           '2 - Medium' AS impact, '2 - Medium' AS urgency, 'Service ' || lpad((hash(i * 13) % 12)::VARCHAR, 2, '0') AS business_service,
           'Category ' || hash(i * 17) % 20 AS category, 'Subcategory ' || hash(i * 19) % 200 AS subcategory,
           {_pick("contact_type", 23)} AS contact_type, 'Group ' || hash(i * 29) % 40 AS assignment_group,
           'User reports that something does not work as expected, no ' || i AS short_description,
           hash(i * 31) % 4 AS reassignment_count, (hash(i * 37) % 30 = 0)::INT AS reopen_count,
           CASE WHEN hash(i * 41) % 20 > 0 THEN 'true' ELSE 'false' END AS made_sla
    FROM base ORDER BY i"""


def _log(rows: int) -> str:
    at = "strptime(opened_at, '%Y-%m-%d %H:%M:%S')"
    end = "coalesce(strptime(resolved_at, '%Y-%m-%d %H:%M:%S'), strptime(sys_updated_on, '%Y-%m-%d %H:%M:%S'))"
    part = f"{at} + ({end} - {at}) * {{}}"
    return f"""
    WITH tickets AS ({_rows(rows)}), steps AS (
      SELECT number, assignment_group, hash(number) % 4 = 0 AS holds, resolved_at, closed_at,
             [{at}, {part.format(0.1)}, {part.format(0.4)}, {part.format(0.6)}, strptime(resolved_at, '%Y-%m-%d %H:%M:%S'),
              strptime(closed_at, '%Y-%m-%d %H:%M:%S')] AS moments
      FROM tickets),
    each AS (
      SELECT *, unnest(moments) AS moment, unnest(['new', 'in_progress', 'on_hold', 'in_progress', 'resolved', 'closed']) AS state,
             unnest(range(6)) AS seq
      FROM steps)
    SELECT 'incidents' AS ticket_table, number, seq, strftime(moment, '%Y-%m-%d %H:%M:%S') AS at, state,
           CASE WHEN state = 'on_hold' THEN 'caller' END AS hold_reason,
           CASE WHEN seq = 0 THEN 'Service Desk' ELSE assignment_group END AS assignment_group
    FROM each WHERE moment IS NOT NULL AND (holds OR seq NOT IN (2, 3)) ORDER BY number, seq"""
