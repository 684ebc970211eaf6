import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { isLockedOut } from '../connection/error-class.ts'
import type { Erased } from './read-erased.ts'

/** A row to add: its digest in hex. */
export type ToErase = Erased & { digest: string }

export type Registration = { erasureId: string; keyVersion: number }

const lockTries = 60
const lockTimeout = '2s'
const pauseMs = 500

type RegisteredRow = { digest: string; replacement: string | null; replacementId: string | null }

/**
 * Adds digests to the list, in a transaction of its own that holds nothing else: see migration 0021 for why its lock keeps any
 * loader from storing what was mapped before. Gives way to loaders while something else holds the table, such as a backup.
 * Returns what stands for each digest now: a digest that is there keeps its replacement, so an erasure can be run again.
 */
export async function registerErased(
  db: Database,
  rows: readonly ToErase[],
  registration: Registration,
): Promise<Map<string, RegisteredRow>> {
  if (rows.length === 0) return new Map()
  for (let tries = 1; ; tries += 1) {
    try {
      return await register(db, rows, registration)
    } catch (error) {
      if (!isLockedOut(error) || tries === lockTries) throw error
      await pause(pauseMs)
    }
  }
}

async function register(
  db: Database,
  rows: readonly ToErase[],
  { erasureId, keyVersion }: Registration,
): Promise<Map<string, RegisteredRow>> {
  return db.transaction().execute(async (transaction) => {
    await sql`select set_config('lock_timeout', ${lockTimeout}, true)`.execute(transaction)
    await sql`lock table ingest.erased in access exclusive mode`.execute(transaction)
    const answer = await sql<RegisteredRow>`
      insert into ingest.erased as own (digest, kind, key_version, replacement, replacement_id, erasure_id)
      select decode(digest, 'hex'), kind, ${keyVersion}::integer, replacement, "replacementId", ${erasureId}::bigint
      from json_to_recordset(${JSON.stringify(rows)}::json) as given
        (digest text, kind text, replacement uuid, "replacementId" bigint)
      on conflict (digest) do update set
        kind = case when own.kind = 'mention' then excluded.kind else own.kind end
      returning encode(digest, 'hex') as digest, replacement::text, replacement_id::text as "replacementId"
    `.execute(transaction)
    return new Map(answer.rows.map((row) => [row.digest, row]))
  })
}
