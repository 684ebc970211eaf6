import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../connection/database.ts'
import { sqlStateOf } from '../connection/error-class.ts'

/** Who asks, and what they confirmed. */
export type Asking = {
  /** The person. */
  by: string
  /** A uuid. The same one asks once. */
  formKey: string
  /** The number that the person saw. */
  confirmed: number | null
}

/** Either some rejections by their numbers, or all open ones with a code, of a source or of all. */
export type AskedRejections = {
  ids?: readonly string[] | undefined
  code?: string | undefined
  source?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

export type AskedBackfill = {
  source: string
  prefix: string | undefined
  since: Date | undefined
  until: Date | undefined
  /** Objects per second. */
  maxRate: number | undefined
  dryRun: boolean
}

/** Postgres refuses the action; the message says what to correct. */
export class ActionRefusedError extends Error {
  override readonly name = 'ActionRefusedError'
  readonly code = 'action_refused'
  readonly retryable = false
}

/** The SQLSTATE of `ingest.refuse_action`. */
const refusedState = 'AC001'

/** Each of these returns the number of the action. They reject with an `ActionRefusedError`, or with the driver's error. */
export function askReplay(
  db: Database,
  which: AskedRejections & { fromKept: boolean },
  { by, formKey, confirmed }: Asking,
): Promise<string> {
  const { ids, code, source, since, until, fromKept } = which
  return ask(
    db,
    sql`ingest.ask_replay(${ids ?? null}::bigint[], ${code ?? null}, ${source ?? null}, ${since ?? null}::timestamptz,
      ${until ?? null}::timestamptz, ${fromKept}::boolean, ${by}, ${confirmed}::bigint, ${formKey}::uuid)`,
  )
}

export function askIgnore(
  db: Database,
  { ids, code, source, reopen }: Pick<AskedRejections, 'ids' | 'code' | 'source'> & { reopen: boolean },
  { by, formKey, confirmed }: Asking,
): Promise<string> {
  return ask(
    db,
    sql`ingest.ask_ignore(${ids ?? null}::bigint[], ${code ?? null}, ${source ?? null}, ${reopen}::boolean, ${by},
      ${confirmed}::bigint, ${formKey}::uuid)`,
  )
}

export function askReconcile(
  db: Database,
  { source, since, fix }: { source: string; since: Date | undefined; fix: boolean },
  { by, formKey, confirmed }: Asking,
): Promise<string> {
  return ask(
    db,
    sql`ingest.ask_reconcile(${source}, ${since ?? null}::timestamptz, ${fix}::boolean, ${by}, ${confirmed}::bigint,
      ${formKey}::uuid)`,
  )
}

export function askBackfill(
  db: Database,
  { source, prefix, since, until, maxRate, dryRun }: AskedBackfill,
  { by, formKey, confirmed }: Asking,
): Promise<string> {
  return ask(
    db,
    sql`ingest.ask_backfill(${source}, ${prefix ?? null}, ${since ?? null}::timestamptz, ${until ?? null}::timestamptz,
      ${maxRate ?? null}::integer, ${dryRun}::boolean, ${by}, ${confirmed}::bigint, ${formKey}::uuid)`,
  )
}

/** To pause a backfill run, or to continue it. */
export function askRun(
  db: Database,
  { runId, to }: { runId: string; to: 'pause' | 'resume' },
  { by, formKey }: Asking,
): Promise<string> {
  return ask(
    db,
    to === 'pause'
      ? sql`ingest.ask_pause(${runId}::bigint, ${by}, ${formKey}::uuid)`
      : sql`ingest.ask_resume(${runId}::bigint, ${by}, ${formKey}::uuid)`,
  )
}

export function askMaintain(db: Database, { by, formKey }: Asking): Promise<string> {
  return ask(db, sql`ingest.ask_maintain(${by}, ${formKey}::uuid)`)
}

/** Returns the state of the action. */
export function cancelAction(db: Database, id: string, by: string): Promise<string> {
  return ask(db, sql`ingest.cancel_action(${id}::bigint, ${by})`)
}

async function ask(db: Database, call: RawBuilder<unknown>): Promise<string> {
  try {
    const answer = await sql<{ answer: string }>`select (${call})::text as answer`.execute(db)
    const [row] = answer.rows
    if (row === undefined) throw new Error('the function returned nothing')
    return row.answer
  } catch (error) {
    if (sqlStateOf(error) !== refusedState) throw error
    throw new ActionRefusedError(error instanceof Error ? error.message : 'refused', { cause: error })
  }
}
