import type { DimensionName } from '@aftercall/metadata/dimensions/seen'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import type { Erasures } from '../erasure/erasures.ts'
import type { ToWrite } from './dimension-memory.ts'

/** Columns of each table beside its source and times, with their types. */
const layouts: Record<DimensionName, { id: string; attributes: Record<string, string> }> = {
  agent: { id: 'agent_id', attributes: { name: 'text', email: 'text', number: 'text', teams: 'jsonb' } },
  queue: {
    id: 'menu_path_id',
    attributes: {
      menu_path: 'text',
      target_seconds: 'integer',
      target_percent: 'numeric',
      abandon_seconds: 'integer',
    },
  },
  virtual_agent: { id: 'virtual_agent_id', attributes: { name: 'text', alias: 'text' } },
}

/**
 * Inserts or updates the rows in one statement, a transaction of its own. They are locked in key order, so two loaders cannot
 * deadlock: the second waits for the first one's statement, and then finds its row. The attributes of the newest session
 * stay, and what a session does not state stays as it was. A row that would not change is not written. The key of an agent is
 * never touched. An agent who was erased is left out.
 */
export async function writeDimension(
  db: Database,
  name: DimensionName,
  rows: readonly ToWrite[],
  { digestOf }: Pick<Erasures, 'digestOf'>,
): Promise<void> {
  const { id, attributes } = layouts[name]
  const names = Object.keys(attributes)
  const columns = sql.join([id, ...names].map((column) => sql.ref(column)))
  // JSON comes as text.
  const types = sql.join(
    Object.entries({ [id]: 'bigint', ...attributes }).map(
      ([column, type]) => sql`${sql.ref(column)} ${sql.raw(type === 'jsonb' ? 'text' : type)}`,
    ),
  )
  const values = sql.join(
    [id, ...names].map((column) => sql`${sql.ref(column)}::${sql.raw(attributes[column] ?? 'bigint')}`),
  )
  const newest = names.map((column) => sql`${sql.ref(column)} = ${newestOf(column)}`)
  const changes = names.map((column) => differs(column, newestOf(column)))
  await sql`
    insert into ${sql.table(`warehouse.${name}`)} as known (source, ${columns}, first_seen_at, last_seen_at)
    select source, ${values}, first_seen_at, last_seen_at
    from json_to_recordset(${JSON.stringify(rows.map((row) => recordOf(id, row, name === 'agent' ? digestOf : undefined)))}::json) as seen
      (source text, ${types}, first_seen_at timestamptz, last_seen_at timestamptz, digest text)
    ${name === 'agent' ? notErased : sql``}
    order by source, ${sql.ref(id)}
    on conflict (source, ${sql.ref(id)}) do update set
      ${sql.join(newest)},
      first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
      last_seen_at  = greatest(known.last_seen_at, excluded.last_seen_at)
    where ${sql.join(changes, sql` or `)}
       or excluded.first_seen_at < known.first_seen_at or excluded.last_seen_at > known.last_seen_at
  `.execute(db)
}

function newestOf(column: string): RawBuilder<unknown> {
  const [mine, theirs] = [sql.ref(`known.${column}`), sql.ref(`excluded.${column}`)]
  return sql`case when excluded.last_seen_at >= known.last_seen_at
                  then coalesce(${theirs}, ${mine}) else coalesce(${mine}, ${theirs}) end`
}

function differs(column: string, value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${sql.ref(`known.${column}`)} is distinct from ${value}`
}

/**
 * The list is locked while this runs (migration 0021), so that it cannot bring back an agent who is erased meanwhile. Without an
 * identity key, the batch is refused where anybody was ever erased.
 */
const notErased = sql`
    where not exists (select from ingest.erased where seen.digest is null or erased.digest = decode(seen.digest, 'hex'))`

function recordOf(id: string, { known }: ToWrite, digestOf: Erasures['digestOf'] | undefined): object {
  return {
    source: known.source,
    [id]: known.id,
    ...known.attributes,
    digest: digestOf?.({ kind: 'agent', source: known.source, value: known.id }),
    first_seen_at: new Date(known.firstSeenMs).toISOString(),
    last_seen_at: new Date(known.lastSeenMs).toISOString(),
  }
}
