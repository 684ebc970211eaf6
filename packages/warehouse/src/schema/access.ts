import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { requireServer } from './require-server.ts'

export type AccessErrorCode = 'superuser_refused' | 'privileges_missing'

/** The message says which SQL an administrator has to run, or what to set. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: AccessErrorCode
  /** Rights may be granted while a worker waits for them; a superuser stays one. */
  readonly retryable: boolean
  constructor(code: AccessErrorCode, message: string) {
    super(message)
    this.code = code
    this.retryable = code === 'privileges_missing'
  }
}

/**
 * Rejects unless this user has every right that loading needs, and is not a superuser or is allowed to be one. Tables of
 * pending migrations do not count: the caller checks for those.
 * @throws ServerError, AccessError, and the driver's error if the database is away
 */
export async function requireAccess(
  db: Database,
  { allowSuperuser = false }: { allowSuperuser?: boolean },
): Promise<void> {
  await requireServer(db)
  const { user, isSuperuser, lacks } = await readAccess(db)
  if (isSuperuser && !allowSuperuser) {
    const fix = `create a login for aftercall (create role … login in role aftercall_loader; see docs/access.md), or set database.allowSuperuser: true`
    throw new AccessError(
      'superuser_refused',
      `"${user}" is a superuser, which can do anything on the server; ${fix}`,
    )
  }
  if (lacks.length > 0) {
    throw new AccessError(
      'privileges_missing',
      `"${user}" ${describeMissing(lacks)}; run: ${loaderGrant(user)}`,
    )
  }
}

export type Access = {
  user: string
  isSuperuser: boolean
  /** Rights that loading needs and this user lacks: `insert on ingest.object`, or `ingest.object, which does not exist`. */
  lacks: string[]
  /** Whether this connection is encrypted. */
  isEncrypted: boolean
}

/** Reads only the catalogs, so it works for a user without any right. */
export async function readAccess(db: Database): Promise<Access> {
  const answer = await sql<{
    user: string
    is_superuser: boolean
    lacks: string[]
    is_encrypted: boolean
  }>`
    with needed (schema_name, name, privilege) as (
      select 'ingest', name, privilege
      from unnest(${ingestTables}::text[]) name, unnest(array['select', 'insert', 'update']) privilege
      union all
      values ('ingest', 'reconcile_run', 'delete'), ('ingest', 'rejection', 'delete'), ('ingest', 'migration', 'select'),
             ('ingest', 'rejected_content', 'delete'), ('ingest', 'object_list', 'insert'),
             ('ingest', 'listed_object', 'insert'), ('ingest', 'maintenance_run', 'insert')
      union all
      select 'warehouse', c.relname::text, privilege
      from pg_class c, unnest(array['select', 'insert', 'update', 'delete']) privilege
      where c.relkind = 'p' and c.relnamespace = (select oid from pg_namespace where nspname = 'warehouse')
      union all
      select 'warehouse', c.relname::text, privilege
      from pg_class c, unnest(array['select', 'insert', 'update']) privilege
      where c.relname in ('agent', 'queue', 'virtual_agent')
        and c.relnamespace = (select oid from pg_namespace where nspname = 'warehouse')
    ),
    lacking as (
      select case when c.oid is null then format('%s.%s, which does not exist', schema_name, name)
                  else format('%s on %s.%s', privilege, schema_name, name) end as what
      from needed
      left join pg_namespace n on n.nspname = schema_name
      left join pg_class c on c.relnamespace = n.oid and c.relname = name
      where case when c.oid is null
                 -- The migration that makes the table is applied, so the table was dropped later.
                 then case name
                        when 'rejected_content' then exists (
                          select from pg_constraint where conname = 'rejection_detail_is_bounded' and connamespace = n.oid)
                        else exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = 'grant_rules') end
                 else not (has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, privilege)) end
      union
      select format('execute on function ingest.%s', p.proname)
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'ingest' and p.proname in ('create_month', 'ensure_month') and not has_function_privilege(p.oid, 'execute')
    )
    select current_user as user, (select array_agg(what order by what) from lacking) as lacks,
           (select bool_or(rolsuper) from pg_roles where rolname in (current_user, session_user)) as is_superuser,
           coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_encrypted
  `.execute(db)
  const [row] = answer.rows
  if (row === undefined) throw new Error('the database did not report the current login')
  return {
    user: row.user,
    isSuperuser: row.is_superuser,
    lacks: row.lacks ?? [],
    isEncrypted: row.is_encrypted,
  }
}

const ingestTables = [
  'source',
  'session_head',
  'object',
  'rejection',
  'rejected_content',
  'schema_drift',
  'backfill_run',
  'backfill_shard',
  'reconcile_run',
]
const lacksShown = 3

export function describeMissing(lacks: readonly string[]): string {
  const shown = lacks.slice(0, lacksShown).join('; ')
  return `lacks what loading needs: ${shown}${lacks.length > lacksShown ? `; and ${lacks.length - lacksShown} more` : ''}`
}

export function loaderGrant(user: string): string {
  return `grant aftercall_loader to ${quoted(user)};`
}

export type Roles = {
  /** Among the roles that the migrations make. */
  missing: string[]
  /** The owner of the schema `ingest`; null before the first migration. */
  owner: string | null
  /** Existing roles that lack access to a schema that they should have. */
  withoutGrants: string[]
}

export async function readRoles(db: Database): Promise<Roles> {
  const answer = await sql<{ missing: string[] | null; owner: string | null; without: string[] | null }>`
    with wanted (role, schema_name) as (
      values ('aftercall_owner', 'ingest'), ('aftercall_loader', 'ingest'), ('aftercall_loader', 'warehouse'),
             ('aftercall_loader', 'rollup'), ('aftercall_publisher', 'lake'),
             ('aftercall_operator', 'ingest'), ('aftercall_operator', 'analytics'),
             ('aftercall_analyst', 'analytics'), ('aftercall_cleared', 'analytics'), ('aftercall_cleared', 'warehouse'),
             ('aftercall_supervisor', 'analytics'), ('aftercall_supervisor', 'people'), ('aftercall_actor', 'ingest')
    ),
    found as (
      select role, r.oid as role_oid, n.oid as schema_oid
      from wanted left join pg_roles r on r.rolname = role left join pg_namespace n on n.nspname = schema_name
    )
    select (select array_agg(distinct role) from found where role_oid is null) as missing,
           (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'ingest') as owner,
           (select array_agg(distinct role) from found
            where role_oid is not null and not has_schema_privilege(role_oid, schema_oid, 'usage')) as without
  `.execute(db)
  const [row] = answer.rows
  return { missing: row?.missing ?? [], owner: row?.owner ?? null, withoutGrants: row?.without ?? [] }
}

/** What must be run, and by which login, until these roles are complete; nothing if they are. */
export function rolesStillToDo({
  missing,
  owner,
  withoutGrants,
}: Roles): { by: string; statements: string[] }[] {
  if (owner === null) return []
  const isForeign = owner !== 'aftercall_owner'
  if (missing.length === 0 && withoutGrants.length === 0 && !isForeign) return []
  const byAdministrator = [
    ...missing.map((role) => `create role ${role} nologin;`),
    ...(isForeign ? [`grant aftercall_owner to ${quoted(owner)};`] : []),
  ]
  return [
    ...(byAdministrator.length === 0 ? [] : [{ by: 'an administrator', statements: byAdministrator }]),
    { by: owner, statements: ['select ingest.grant_access();'] },
  ]
}

/** A name as SQL needs it, quoted only if necessary. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
