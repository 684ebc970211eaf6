import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import type { Logger } from '@aftercall/runtime/telemetry/logger'
import {
  type Asking,
  askBackfill,
  askIgnore,
  askMaintain,
  askReconcile,
  askReplay,
  askRun,
  cancelAction,
} from '@aftercall/warehouse/actions/ask-actions'
import { countRejections } from '@aftercall/warehouse/actions/count-rejections'
import { mayAct } from '@aftercall/warehouse/actions/read-actions'
import { type Database, openDatabase } from '@aftercall/warehouse/connection/database'
import { shareAnswer } from '../share-answer.ts'
import type { AskedAction } from './asked-action.ts'

/** What the console asks the workers for. All reject with an `ActionRefusedError`, or with errors of the database. */
export type Acts = {
  /** Whether the database lets the console's login ask. */
  mayAct(): Promise<boolean>
  /** How many objects or rejections the action is about. Null where that is not known before. */
  count(asked: AskedAction): Promise<number | null>
  /** Returns the number of the action. */
  ask(asked: AskedAction, asking: Asking): Promise<string>
  /** Returns the state of the action. */
  cancel(id: string, by: string): Promise<string>
  close(): Promise<void>
}

/** The only connections of the console that are not read-only. */
const connections = 2
const askSeconds = 5

export type ActsOptions = {
  logger: Logger
  /** Called after each action that was asked for or cancelled. */
  onChange(): void
}

export function openActs(database: DatabaseConfig, { logger, onChange }: ActsOptions): Acts {
  const { db, close } = openDatabase({
    ...{ ...database, poolMax: connections, statementTimeoutSeconds: askSeconds, connectMsMax: 5_000 },
    applicationName: 'aftercall-console-actions',
    onIdleError: (error) => logger.warn({ error }, 'an idle database connection broke; the pool replaces it'),
  })
  return {
    mayAct: shareAnswer(() => mayAct(db), { isCheap: () => true }),
    count: (asked) => count(db, asked),
    ask: (asked, asking) => ask(db, asked, asking).finally(onChange),
    cancel: (id, by) => cancelAction(db, id, by).finally(onChange),
    close,
  }
}

async function count(db: Database, asked: AskedAction): Promise<number | null> {
  switch (asked.kind) {
    case 'replay':
    case 'replay-kept':
    case 'ignore':
      return countRejections(db, { ...rejectionsOf(asked), state: 'open' })
    case 'reopen':
      return countRejections(db, { ...rejectionsOf(asked), state: 'ignored' })
    case 'backfill':
      return asked.fields.expected ?? null
    case 'reconcile':
    case 'pause':
    case 'resume':
    case 'maintain':
      return null
  }
}

function rejectionsOf({
  fields,
}: Extract<AskedAction, { kind: 'replay' | 'replay-kept' | 'ignore' | 'reopen' }>) {
  return 'id' in fields ? { ids: fields.id } : { code: fields.code, source: fields.source }
}

function ask(db: Database, asked: AskedAction, asking: Asking): Promise<string> {
  switch (asked.kind) {
    case 'replay':
    case 'replay-kept':
      return askReplay(db, { ...rejectionsOf(asked), fromKept: asked.kind === 'replay-kept' }, asking)
    case 'ignore':
    case 'reopen':
      return askIgnore(db, { ...rejectionsOf(asked), reopen: asked.kind === 'reopen' }, asking)
    case 'reconcile': {
      const { source, since, fix } = asked.fields
      return askReconcile(db, { source, since, fix: fix === 'on' }, asking)
    }
    case 'backfill': {
      const { source, prefix, since, until, maxRate, dryRun } = asked.fields
      return askBackfill(db, { source, prefix, since, until, maxRate, dryRun: dryRun === 'on' }, asking)
    }
    case 'pause':
    case 'resume':
      return askRun(db, { runId: asked.fields.run, to: asked.kind }, asking)
    case 'maintain':
      return askMaintain(db, asking)
  }
}
