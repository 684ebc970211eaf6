/** The schemas of names without one, in the order in which `aftercall sql` looks them up. */
const schemas = `(values (1, 'analytics'), (2, 'warehouse'), (3, 'ingest'), (4, 'people')) own (place, schema)
  join pg_catalog.pg_namespace n on n.nspname = own.schema`

const readable = `c.relkind in ('r', 'p', 'v') and not c.relispartition
  and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_any_column_privilege(c.oid, 'select')`

const callable = `own.schema = 'analytics'
  and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_function_privilege(p.oid, 'execute')`

/** What the login may read, by the first sentence of each comment; the views of single vocabularies come last. */
function everything(kinds: string): string {
  return `
  select found.name, rtrim(split_part(found.comment, '. ', 1), '.') as meaning
  from (
    select own.place, 2 * (c.relname like '%\\_word')::integer as part, c.relkind as kind,
           n.nspname || '.' || c.relname as name, pg_catalog.obj_description(c.oid, 'pg_class') as comment
    from ${schemas} join pg_catalog.pg_class c on c.relnamespace = n.oid
    where ${readable}
    union all
    select own.place, 1, 'f', n.nspname || '.' || p.proname || '()',
           pg_catalog.obj_description(p.oid, 'pg_proc')
    from ${schemas} join pg_catalog.pg_proc p on p.pronamespace = n.oid
    where ${callable}
  ) found
  where found.kind in (${kinds})
  order by found.place, found.part, found.name`
}

/** By the letter after `\d`, as psql has them: `\dt` lists tables, `\dv` views, `\df` functions. */
const kindsOf: Readonly<Record<string, string>> = {
  '': `'r', 'p', 'v', 'f'`,
  t: `'r', 'p'`,
  v: `'v'`,
  f: `'f'`,
}

/**
 * The query behind `\d`: one row for each table, view and function that the login may read, or, with a name, one for each of
 * its columns. Undefined for another command. No rows: there is no such name, or the login may not read it.
 */
export function describeQuery(command: string): string | undefined {
  const { kind, name } = parseDescribe(command) ?? {}
  const kinds = kind === undefined ? undefined : kindsOf[kind]
  if (kinds === undefined) return undefined
  return name === undefined ? everything(kinds) : columnsOf(name)
}

/** The name after `\d`, if there is one. */
export function describedName(command: string): string | undefined {
  return parseDescribe(command)?.name
}

function parseDescribe(command: string): { kind: string; name: string | undefined } | undefined {
  const [, kind, name] = /^\\d([a-z]?)\+?(?:\s+([^\s;]+))?\s*;?$/.exec(command.trim()) ?? []
  return kind === undefined ? undefined : { kind, name }
}

function columnsOf(written: string): string {
  const [name = '', schema] = written.toLowerCase().replaceAll('"', '').split('.').toReversed()
  const named = (column: string): string =>
    `${column} = ${literal(name)}${schema === undefined ? '' : ` and own.schema = ${literal(schema)}`}`
  return `
  with found as (
    select c.oid from ${schemas} join pg_catalog.pg_class c on c.relnamespace = n.oid
    where ${named('c.relname')} and ${readable}
    order by own.place limit 1
  )
  select a.attname::text as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
         regexp_replace(pg_catalog.col_description(a.attrelid, a.attnum), ' Source: .*', '') as meaning
  from (
    select att.* from found join pg_catalog.pg_attribute att on att.attrelid = found.oid
    where att.attnum > 0 and not att.attisdropped order by att.attnum
  ) a
  union all
  select p.proname || '(' || pg_catalog.pg_get_function_arguments(p.oid) || ')', pg_catalog.pg_get_function_result(p.oid),
         pg_catalog.obj_description(p.oid, 'pg_proc')
  from ${schemas} join pg_catalog.pg_proc p on p.pronamespace = n.oid
  where ${named('p.proname')} and ${callable}`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
