import type { MessageFilter } from '@aftercall/ingest/replay/message-choice'
import type { RejectionFilter } from '@aftercall/warehouse/ledger/read-rejections'
import type { LedgerFilter } from '@aftercall/warehouse/ledger/replay-places'
import { type ObjectPlace, readPlace, readSession, type SessionPlace } from '../arguments/read-place.ts'
import { readSpan } from '../arguments/read-time.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import { UsageError } from '../cli-context.ts'
import { readRejectionId } from '../rejections/read-rejection-id.ts'
import type { ReplayCommandOptions } from './command.ts'

/** What a command line means. */
export type ReplayRequest =
  /** Stored sessions, from their kept documents. */
  | { kind: 'sessions'; session: SessionPlace | undefined; since: Date | undefined }
  /** Rejected objects, from their kept bytes. */
  | { kind: 'kept'; rejections: RejectionFilter }
  | { kind: 'object'; place: ObjectPlace }
  | { kind: 'session'; session: SessionPlace }
  /** Objects with rejections, rejected messages, objects of the ledger. */
  | { kind: 'selected'; rejections: RejectionFilter | undefined; ledger: LedgerFilter | undefined }
  | DeadLettersRequest

export type DeadLettersRequest = {
  kind: 'dead-letters'
  queueUrl: string | undefined
  filter: MessageFilter
  limit: number | undefined
  dryRun: boolean
}

/** Throws a `UsageError` that says what does not go together, or what is missing. */
export function readReplayRequest(options: ReplayCommandOptions): ReplayRequest {
  if (options.deadLetters === true) return readDeadLetters(options)
  refuse(options, ['queueUrl', 'limit', 'dryRun'], 'needs --dead-letters')
  const { rejected, id, code, object, session, from } = options
  if (from === 'raw' && (rejected ?? id ?? code) === undefined) return readSessions(options)
  if (from === 'raw')
    refuse(options, ['failed', 'object', 'session'], 'needs the bucket: leave out --from raw')
  if (id !== undefined) {
    refuse(options, [...selectors, 'object', 'session'], 'does not go together with --id')
    const rejections = { id: readRejectionId(id) }
    return from === 'raw' ? { kind: 'kept', rejections } : { kind: 'selected', rejections, ledger: undefined }
  }
  if (object !== undefined) {
    refuse(options, [...selectors, 'session'], 'does not go together with --object')
    return { kind: 'object', place: readObject(object) }
  }
  if (session !== undefined) {
    refuse(options, selectors, 'does not go together with --session')
    return { kind: 'session', session: readSession(session) }
  }
  return readSelection(options)
}

type Name = keyof ReplayCommandOptions

const selectors: Name[] = ['rejected', 'failed', 'code', 'source', 'since', 'until']

function refuse(options: ReplayCommandOptions, names: readonly Name[], why: string): void {
  const given = names.find((name) => options[name] !== undefined)
  if (given === undefined) return
  throw new UsageError(`--${given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${why}`)
}

function readSelection(options: ReplayCommandOptions): ReplayRequest {
  const { rejected = false, failed = false, code, source, from } = options
  const { since, until } = readSpan(options)
  if (!rejected && !failed && [code, since, until].every((one) => one === undefined)) {
    throw new UsageError(
      'say what to replay: --rejected, --failed, --code CODE, --since D, --id N, --object s3://…, --session S/call/ID, --dead-letters, or --from raw for stored sessions (all that is in a bucket: aftercall backfill)',
    )
  }
  const narrowing = { code, source, since, until }
  const rejections =
    rejected || (code !== undefined && !failed) ? { ...narrowing, state: 'open' as const } : undefined
  if (from === 'raw') return { kind: 'kept', rejections: { ...narrowing, state: 'open' } }
  const ledger = failed ? { ...narrowing, outcome: 'failed' as const } : narrowing
  return { kind: 'selected', rejections, ledger: rejections !== undefined && !failed ? undefined : ledger }
}

function readSessions(options: ReplayCommandOptions): ReplayRequest {
  refuse(options, ['failed', 'object', 'source', 'until'], 'does not go together with --from raw')
  const session = options.session === undefined ? undefined : readSession(options.session)
  return { kind: 'sessions', session, since: readSpan(options).since }
}

function readDeadLetters(options: ReplayCommandOptions): ReplayRequest {
  refuse(options, ['rejected', 'failed', 'id', 'session', 'from'], 'does not go together with --dead-letters')
  const { queueUrl, object, source, code, limit, dryRun = false } = options
  if (queueUrl !== undefined && !URL.canParse(queueUrl))
    throw new UsageError(`--queue-url must be the URL of a queue, not ${queueUrl}`)
  return {
    kind: 'dead-letters',
    queueUrl,
    filter: {
      source,
      code,
      place: object === undefined ? undefined : readPrefix(object),
      ...readSpan(options),
    },
    limit:
      limit === undefined ? undefined : readWholeNumber('--limit', limit, { min: 1, max: 1_000_000_000 }),
    dryRun,
  }
}

function readObject(text: string): ObjectPlace {
  const place = readPlace(text)
  if (place.kind === 'session') throw new UsageError(`--object must be s3://BUCKET/KEY, not ${text}`)
  if (place.bucket === 'file:')
    throw new UsageError(`${text} is a file of this machine: aftercall load loads it again`)
  return place
}

function readPrefix(text: string): ObjectPlace {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? []
  if (bucket === undefined) throw new UsageError(`--object must begin with s3://BUCKET/, not ${text}`)
  return { kind: 'object', bucket, key }
}
