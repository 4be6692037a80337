"""The second fence: PostgreSQL's row-level security keeps each statement to the scope that is open.

Each record's table has one policy, for reading and for writing, made from the model's `organisation_path`. It
compares with the setting `umahiri.organisations`: ids with commas between them, or `*` for all. Where nothing is
set, nothing is seen.

The setting travels with the statement: a statement that names a record's table is sent as
`SELECT set_config(…, true); <statement>`, two commands in one message. So it costs no further round trip, holds no
longer than the transaction, and there is nothing that a connection could carry into the next request or that a
rolled back savepoint could bring back. The first statement of a scope also works out its ids, in the same message.

A superuser, or a role with BYPASSRLS, passes every policy: `fence_gaps` says so. The owner of the tables does not,
as security is forced, so one plain role can own the database and run the product.
"""

import re
from contextvars import ContextVar
from functools import lru_cache

from django.apps import apps
from django.core.checks import Tags, Warning, register  # noqa: A004  Django's name
from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connection
from django.utils.translation import gettext as _

from lms.organisations.models import Membership, Organisation
from lms.organisations.scoping import EVERY, Record, open_scope

SETTING = "umahiri.organisations"
POLICY = "organisations_in_scope"
ALL = "*"
# what changes tables instead of reading them; some of it cannot share a message with another command
_DEFINITION = re.compile(
    r"\s*(?:ALTER|CLUSTER|COMMENT|CREATE|DROP|REINDEX|SET|TRUNCATE|VACUUM)\b", re.IGNORECASE
)
_migrating = ContextVar("migrating", default=False)


def records():
    """Every kind of record that has a table of its own."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Record) and model._meta.managed and not model._meta.proxy
    ]


# What a statement is sent with


def _names(models):
    return "|".join(re.escape(model._meta.db_table) for model in models)


@lru_cache(maxsize=1)
def _record_names():
    return re.compile(rf"\b(?:{_names(records())})\b")


@lru_cache(maxsize=4096)
def _is_about_records(sql):
    return bool(_record_names().search(sql)) and not _DEFINITION.match(sql)


@lru_cache(maxsize=1)
def _tree_change():
    """What begins as a change of memberships or organisations; many a change names them further on, in its scope."""
    names = _names([Membership, Organisation])
    return re.compile(rf'\s*(?:DELETE FROM|INSERT INTO|UPDATE)\s+"?(?:{names})\b', re.IGNORECASE)


@lru_cache(maxsize=4096)
def _changes_the_tree(sql):
    return bool(_tree_change().match(sql))


def _ids(organisations):
    """SQL that gives the ids of a scope as the setting has them, and its parameters."""
    if organisations.model is Organisation and not organisations.query.values_select:
        organisations = organisations.values("pk")
    try:
        sql, params = organisations.order_by().query.sql_with_params()
    except EmptyResultSet:
        return "''", ()
    ids = "coalesce(string_agg(DISTINCT s.id::text, ','), '')"
    return f"(SELECT {ids} FROM ({sql}) s (id))", params  # noqa: S608  compiled by Django


class Fence:
    """An execute wrapper of one connection."""

    def __init__(self):
        # of memberships or organisations: ids worked out before them are out of date
        self.changes = 0

    def __call__(self, execute, sql, params, many, context):
        text = str(sql)
        if _changes_the_tree(text):
            self.changes += 1
        if not _is_about_records(text):
            return execute(sql, params, many, context)
        if many:  # the driver sends them as one prepared statement, which cannot hold two commands
            message = "Records are written one statement at a time: use bulk_create or bulk_update."
            raise NotSupportedError(message)
        cursor = context["cursor"].cursor
        scope = None if _migrating.get() else open_scope()
        setting, is_new = self._setting(cursor, scope)
        if params is not None:
            setting = setting.replace("%", "%%")
        result = execute(
            f"SELECT set_config('{SETTING}', {setting}, true); {text}", params, many, context
        )
        if is_new:
            scope.fenced = self.changes, cursor.fetchone()[0]
        cursor.nextset()
        return result

    def _setting(self, cursor, scope):
        """SQL of the setting's value, and whether the statement will tell ids that are not known yet."""
        if _migrating.get() or (scope and scope.organisations is EVERY):
            return f"'{ALL}'", False
        if scope is None:
            return "''", False
        if scope.fenced and scope.fenced[0] == self.changes:
            return f"'{scope.fenced[1]}'", False
        return cursor.mogrify(*_ids(scope.organisations)), True


def put_up_fence(connection, **_kwargs):
    """Have a new connection send the scope along."""
    wrappers = connection.execute_wrappers
    if connection.vendor == "postgresql" and not any(isinstance(each, Fence) for each in wrappers):
        wrappers.append(Fence())


# What each table demands

_NOW = f"current_setting('{SETTING}', true)"
# selects of their own, so that they are worked out once a statement and not once a row
_IS_ALL = f"(SELECT {_NOW} = '{ALL}')"
_IN_SCOPE = f"ANY ((SELECT string_to_array(nullif({_NOW}, '{ALL}'), ',')::bigint[])::bigint[])"


def _condition(model, table, path, depth=1):
    """SQL that is true of a row of `table` whose organisation, along `path`, is in the setting."""
    quote = connection.ops.quote_name
    step, _dunder, rest = path.partition("__")
    field = model._meta.get_field(step)
    column = f"{table}.{quote(field.column)}"
    parent = field.related_model
    if not rest:
        return f"{column} = {_IN_SCOPE}"
    alias = f"t{depth}"
    condition = f"{alias}.{quote(field.target_field.column)} = {column}"
    # a parent that is a record itself is judged by its own policy
    if not (issubclass(parent, Record) and parent.objects.organisation_path == rest):
        condition += f" AND {_condition(parent, alias, rest, depth + 1)}"
    table = quote(parent._meta.db_table)
    return f"EXISTS (SELECT 1 FROM {table} {alias} WHERE {condition})"  # noqa: S608  names of our own models


def policies():
    """{table: the condition of its policy} of every record."""
    found = {}
    for model in records():
        quoted = connection.ops.quote_name(model._meta.db_table)
        path = model.objects.organisation_path
        found[model._meta.db_table] = f"{_IS_ALL} OR {_condition(model, quoted, path)}"
        for relation in model._meta.local_many_to_many:
            through = relation.remote_field.through._meta
            if through.auto_created:
                link = through.get_field(relation.m2m_field_name())
                table = connection.ops.quote_name(through.db_table)
                found[through.db_table] = f"{_IS_ALL} OR " + _condition(
                    through.model, table, f"{link.name}__{path}"
                )
    return found


def _fenced_tables(cursor):
    """{table: (whether its security is forced, the comment of our policy)} of the tables there are."""
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, obj_description(p.oid, 'pg_policy') "
        "FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = %s "
        "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace",
        [POLICY],
    )
    return {table: (is_forced, comment) for table, is_forced, comment in cursor.fetchall()}


def fence_tables(**_kwargs):
    """Give every record's table its policy. Tables that have it already are left alone: changing it locks them."""
    _migrating.set(False)
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        there = _fenced_tables(cursor)
        for table, condition in policies().items():
            if table not in there or there[table] == (True, condition):
                continue
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {quoted}")
            cursor.execute(f"CREATE POLICY {POLICY} ON {quoted} USING ({condition})")
            comment = condition.replace("'", "''")
            cursor.execute(f"COMMENT ON POLICY {POLICY} ON {quoted} IS '{comment}'")


def open_gate(**_kwargs):
    """Migrations change every organisation's rows; `fence_tables` closes it behind them."""
    _migrating.set(True)


def fence_gaps():
    """Sentences that say where the database does not keep to the scope."""
    if connection.vendor != "postgresql":
        return [_("The database is not PostgreSQL: the product's own scope is the only fence.")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        role, passes = cursor.fetchone()
        there = _fenced_tables(cursor)
    gaps = []
    if passes:
        gaps.append(
            _(
                "The database role %(role)s passes row-level security. Connect as a plain role that owns the database."
            )
            % {"role": role}
        )
    bare = [
        table for table, condition in policies().items() if there.get(table) != (True, condition)
    ]
    if bare:
        gaps.append(
            _("Tables without row-level security: %(tables)s. Run `manage.py migrate`.")
            % {"tables": ", ".join(sorted(bare))}
        )
    return gaps


@register(Tags.database)
def check_fence(databases, **_kwargs):
    """`manage.py check --database default`: what is open where PostgreSQL could close it."""
    if not databases or connection.vendor != "postgresql":
        return []
    return [Warning(gap, id="organisations.W001") for gap in fence_gaps()]
