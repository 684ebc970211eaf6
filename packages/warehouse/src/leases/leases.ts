import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'

/** The first words of a lease's name; a source or the number of a run follows. */
export const leased = {
  backfillRun: 'backfill ',
  /** An action that a worker carries out. */
  action: 'action ',
  /** Scheduled reconciles of a source, and polls. */
  reconcileOf: 'reconcile ',
  /** One reconcile by command: shows that it runs, and excludes no other. */
  reconcileRun: 'reconcile-run ',
  /** The refresh of rollups; nothing follows. */
  rollups: 'rollups',
  /** What `aftercall publish` writes to a place. */
  publishTo: 'publish ',
} as const

/** Publishers have leases of their own, because they have no right on those of loaders. */
export type LeaseTable = 'ingest.lease' | 'lake.lease'

export type LeaseClaim = {
  /** Default: that of loaders. */
  table?: LeaseTable
  name: string
  /** Unique for each acquisition, also within a process. */
  holder: string
  /** For people to read. */
  host: string
  lengthMs: number
}

export type LeaseHolder = { holder: string; host: string; renewedAt: Date; msLeft: number }

export type LeaseAnswer = { kind: 'granted' } | { kind: 'held'; by: LeaseHolder }

/**
 * Acquires a lease that is free or has expired, in one statement: of two callers at once, the second waits for the row of
 * the first, and then finds it held. Every instant is the database's `clock_timestamp()`, read once the row is locked.
 */
export async function takeLease(db: Database, claim: LeaseClaim): Promise<LeaseAnswer> {
  const { table = 'ingest.lease', name, holder, host, lengthMs } = claim
  for (;;) {
    const granted = await inReadCommitted(db, (transaction) =>
      sql`
        insert into ${sql.table(table)} as held (name, holder, host, expires_at)
        values (${name}, ${holder}, ${host}, clock_timestamp() + ${lengthMs}::float8 * interval '1 ms')
        on conflict (name) do update set
          holder = excluded.holder, host = excluded.host, taken_at = clock_timestamp(), renewed_at = clock_timestamp(),
          expires_at = clock_timestamp() + ${lengthMs}::float8 * interval '1 ms'
        where held.expires_at < clock_timestamp()
        returning name
      `.execute(transaction),
    )
    if (granted.rows.length > 0) return { kind: 'granted' }
    const by = await readLease(db, name, table)
    // Undefined if it was released in between.
    if (by !== undefined) return { kind: 'held', by }
  }
}

/** Also renews a lease that has expired, unless another process has acquired it. False: it is no longer ours. */
export async function renewLease(
  db: Database,
  { table = 'ingest.lease', name, holder, lengthMs }: LeaseClaim,
): Promise<boolean> {
  const renewed = await inReadCommitted(db, (transaction) =>
    sql`
      update ${sql.table(table)} set
        renewed_at = clock_timestamp(), expires_at = clock_timestamp() + ${lengthMs}::float8 * interval '1 ms'
      where name = ${name} and holder = ${holder}
    `.execute(transaction),
  )
  return renewed.numAffectedRows === 1n
}

export async function releaseLease(
  db: Database,
  { table = 'ingest.lease', name, holder }: Pick<LeaseClaim, 'table' | 'name' | 'holder'>,
): Promise<void> {
  await inReadCommitted(db, (transaction) =>
    sql`delete from ${sql.table(table)} where name = ${name} and holder = ${holder}`.execute(transaction),
  )
}

export async function readLease(
  db: Database,
  name: string,
  table: LeaseTable = 'ingest.lease',
): Promise<LeaseHolder | undefined> {
  const answer = await sql<LeaseHolder>`
    select holder, host, renewed_at as "renewedAt",
           extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as "msLeft"
    from ${sql.table(table)} where name = ${name}
  `.execute(db)
  return answer.rows[0]
}

/** Deletes the leases of killed processes whose work was not continued. Waits for no lock. */
export async function dropOldLeases(db: Database, table: LeaseTable = 'ingest.lease'): Promise<void> {
  await inReadCommitted(db, (transaction) =>
    sql`
      delete from ${sql.table(table)} where name in (
        select name from ${sql.table(table)} where expires_at < clock_timestamp() - interval '1 day'
        for update skip locked)
    `.execute(transaction),
  )
}

/** With a stricter default of the server, a row that another process has changed would be an error. */
function inReadCommitted<Answer>(
  db: Database,
  work: (transaction: Database) => Promise<Answer>,
): Promise<Answer> {
  return db.transaction().setIsolationLevel('read committed').execute(work)
}
