import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** A way by which a reader of `analytics` could see a person, and what closes it. */
export type ReaderRisk = { risk: string; fix: string }

/** Who reads `analytics` without personal data; a supervisor also reads `people`. */
const readers = ['aftercall_analyst', 'aftercall_supervisor']

/**
 * Rights of these roles beyond what the migrations grant: by hand, by PUBLIC, by a role that they were made members of, or in
 * advance for tables that are made later. Then the views of `analytics` that read a column with personal data, such as one
 * that was added by hand. Reads only the catalogs, so any login may ask.
 */
export async function readReaderRisks(db: Database): Promise<ReaderRisk[]> {
  const [rights, reads] = await Promise.all([readExcessRights(db), readPersonalReads(db)])
  const unexpected = reads.filter(({ view, column }) => allowedReads[view]?.includes(column) !== true)
  return [
    ...rights,
    ...unexpected.map(({ view, column }) => ({
      risk: `analytics.${view} reads ${column}, which is personal data`,
      fix: `drop view analytics.${view};`,
    })),
  ]
}

async function readExcessRights(db: Database): Promise<ReaderRisk[]> {
  const { rows } = await sql<ReaderRisk>`
    with reader as (
      select oid, rolname::text as name from pg_roles where rolname = any(${readers}::text[])
    ),
    relation as (
      select c.oid, n.nspname::text as schema_name, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('ingest', 'warehouse', 'people', 'rollup', 'lake') and c.relkind in ('r', 'p', 'v', 'm', 'S')
    )
    select * from (
      select format('%s can read %s.%s', reader.name, relation.schema_name, relation.relname) as risk, 'select ingest.grant_access();' as fix
      from reader, relation
      where not (reader.name = 'aftercall_supervisor' and relation.schema_name = 'people')
        and has_any_column_privilege(reader.oid, relation.oid, 'select')
        and has_schema_privilege(reader.oid, relation.schema_name, 'usage')
      union all
      select format('%s can call %s.%s with the rights of its owner', reader.name, n.nspname, p.proname),
             case when n.nspname in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake') then 'select ingest.grant_access();'
                  else format('revoke execute on function %s from public, %I;', p.oid::regprocedure, reader.name) end
      from reader
      cross join pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and (n.nspname, p.proname) not in (('analytics', 'completeness'), ('ingest', 'session_months'))
        and has_function_privilege(reader.oid, p.oid, 'execute')
        -- Its owner can read what the reader must not see.
        and exists (select from relation where relation.schema_name = 'warehouse'
                    and has_any_column_privilege(p.proowner, relation.oid, 'select'))
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      union all
      select format('%s is a member of %s', reader.name, own.rolname), format('revoke %I from %I;', own.rolname, reader.name)
      from reader
      join pg_auth_members m on m.member = reader.oid
      join pg_roles own on own.oid = m.roleid
      union all
      select format('%s gets rights on tables that %s makes later', coalesce(r.rolname, 'PUBLIC'), pg_get_userbyid(d.defaclrole)),
             format('alter default privileges for role %I%s revoke all on tables from %s;', pg_get_userbyid(d.defaclrole),
                    ' in schema ' || quote_ident(n.nspname), coalesce(quote_ident(r.rolname), 'public'))
      from pg_default_acl d
      left join pg_namespace n on n.oid = d.defaclnamespace
      cross join lateral aclexplode(d.defaclacl) acl
      left join pg_roles r on r.oid = acl.grantee
      where d.defaclobjtype = 'r' and (n.nspname is null or n.nspname in ('ingest', 'warehouse', 'people', 'rollup', 'lake'))
        and (acl.grantee = 0 or r.rolname = any(${readers}::text[]))
    ) found
    order by risk
  `.execute(db)
  return rows
}

export type PersonalRead = { view: string; column: string }

/** Ids of agents are read to find the key that stands for the agent, and are not shown. */
const agentIds = (...columns: string[]) => [
  'warehouse.agent.agent_id',
  ...columns.map((column) => `warehouse.${column}`),
]

/** What the views of the migrations read, and do not show as it is. A test has the same list. */
const allowedReads: Readonly<Record<string, readonly string[]>> = {
  // Numbers of the tenant: of inbound sessions, and not of direct lines.
  session: ['warehouse.session.support_number'],
  queue_entry: agentIds('queue_duration.agent_id'),
  handled_interaction: agentIds('handle_duration.agent_id'),
  agent_attempt: agentIds('handle_duration.agent_id'),
  barge: agentIds('handle_duration.agent_id'),
  transfer: agentIds('transfer.from_agent_id', 'transfer.to_agent_id'),
  disposition: agentIds('disposition.user_id'),
  escalation: agentIds('escalation.to_agent_id'),
  agent_daily: ['warehouse.agent.agent_id', 'rollup.agent_day.agent_id'],
  agent_hourly: ['warehouse.agent.agent_id', 'rollup.agent_hour.agent_id'],
  segment: agentIds('handle_duration.agent_id', 'queue_duration.agent_id', 'transfer.from_agent_id'),
}

/**
 * The columns with personal data that each view of `analytics` reads anywhere, also through other views, by the catalog's
 * own record of dependencies. A reference to a whole row counts as every column.
 */
export async function readPersonalReads(db: Database): Promise<PersonalRead[]> {
  const { rows } = await sql<PersonalRead>`
    with recursive own as (
      select distinct v.relname::text as view, d.refobjid as relation, d.refobjsubid as place
      from pg_class v
      join pg_namespace n on n.oid = v.relnamespace and n.nspname = 'analytics'
      join pg_rewrite r on r.ev_class = v.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
      union
      select own.view, d.refobjid, d.refobjsubid
      from own
      join pg_rewrite r on r.ev_class = own.relation
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> own.relation
    )
    select distinct own.view, format('%s.%s.%s', n.nspname, c.relname, a.attname) as column
    from own
    join pg_class c on c.oid = own.relation
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('ingest', 'warehouse', 'people', 'rollup', 'lake')
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and own.place in (0, a.attnum)
    where col_description(c.oid, a.attnum) is null or col_description(c.oid, a.attnum) not like '%Personal data: no.'
    order by 1, 2
  `.execute(db)
  return rows
}
