/** The current login, and the roles to read as. */
export type ReadOnlyLogin = {
  /** Roles to read as, tried in turn; null is the login itself. Never empty. */
  roles: (string | null)[]
  /** Why the login has more rights than reading needs; undefined if it has not. */
  excess: string | undefined
}

export type LoginRow = { login: string; excess: string[] | null; readers: string[] | null }

/**
 * Rights that a read-only transaction does not take away: over the server, its files, and its programs, and the rights of
 * the owner. The roles to read as are the server's own and those of `ingest.grant_access()` that this login may use.
 */
export const loginQuery = `
  with wanted (position, name) as (
    values (1, 'pg_read_all_data'), (2, 'aftercall_cleared'), (3, 'aftercall_operator'), (4, 'aftercall_supervisor'),
           (5, 'aftercall_analyst')
  ),
  strong (name) as (
    values ('aftercall_owner'), ('pg_execute_server_program'), ('pg_write_server_files'), ('pg_read_server_files'),
           ('pg_write_all_data'), ('pg_signal_backend'), ('pg_checkpoint'), ('rds_superuser'), ('cloudsqlsuperuser')
  )
  select session_user::text as login,
    (select array_agg(what order by what) from (
      select 'is a superuser' from pg_catalog.pg_roles where rolname = session_user and rolsuper
      union all
      select 'has the rights of ' || r.rolname from strong join pg_catalog.pg_roles r on r.rolname = strong.name
      where pg_catalog.pg_has_role(session_user, r.oid, 'member')
        and not (select rolsuper from pg_catalog.pg_roles where rolname = session_user)
      union all
      select 'owns the schema ' || nspname from pg_catalog.pg_namespace
      where nspname in ('ingest', 'warehouse', 'analytics', 'people', 'rollup', 'lake') and pg_catalog.pg_get_userbyid(nspowner) = session_user
    ) as excess (what)) as excess,
    (select array_agg(r.rolname::text order by wanted.position)
     from wanted join pg_catalog.pg_roles r on r.rolname = wanted.name
     where pg_catalog.pg_has_role(session_user, r.oid, 'member')) as readers`

export function judgeLogin({ login, excess, readers }: LoginRow): ReadOnlyLogin {
  if (excess === null) return { roles: [null], excess: undefined }
  const roles = readers ?? []
  const how = roles.length > 0 ? `so this reads as ${roles.join(', or ')}` : 'and there is no role to read as'
  return {
    roles: roles.length > 0 ? roles : [null],
    excess: `"${login}" ${excess.join(', ')}, which reading does not need, ${how}; create a login that only reads: docs/access.md`,
  }
}
