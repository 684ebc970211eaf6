import type { MessageFilter } from '@aftercall/ingest/replay/message-choice'
import type { ReplaySelection } from '@aftercall/ingest/replay/replay-selected'
import { type ObjectPlace, readPlace, readSession, type SessionPlace } from '../arguments/read-place.ts'
import { readRejectionId } from '../arguments/read-rejection-id.ts'
import { readSpan } from '../arguments/read-time.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import { type CommonOptions, UsageError } from '../cli-context.ts'

export type ReplayCommandOptions = CommonOptions & {
  rejected?: boolean
  failed?: boolean
  id?: string
  code?: string
  object?: string
  session?: string
  source?: string
  since?: string
  until?: string
  from?: 's3' | 'raw'
  deadLetters?: boolean
  queueUrl?: string
  limit?: string
  dryRun?: boolean
  via: 'here' | 'worker'
}

/** What to replay. */
export type ReplayRequest =
  /** Stored sessions, from their kept documents. */
  | { kind: 'sessions'; session: SessionPlace | undefined; since: Date | undefined }
  | ReplaySelection
  | DeadLettersRequest

export type DeadLettersRequest = {
  kind: 'dead-letters'
  queueUrl: string | undefined
  filter: MessageFilter
  limit: number | undefined
  dryRun: boolean
}

/** Throws a `UsageError` if options are missing or cannot be combined. */
export function parseOptions(options: ReplayCommandOptions): ReplayRequest {
  if (options.deadLetters === true) return readDeadLetters(options)
  refuse(options, ['queueUrl', 'limit', 'dryRun'], 'needs --dead-letters')
  const { rejected, id, code, object, session, from } = options
  if (from === 'raw' && (rejected ?? id ?? code) === undefined) return readSessions(options)
  if (from === 'raw')
    refuse(options, ['failed', 'object', 'session'], 'needs the bucket: leave out --from raw')
  if (id !== undefined) {
    refuse(options, [...selectors, 'object', 'session'], 'cannot be combined with --id')
    const rejections = { id: readRejectionId(id) }
    return from === 'raw' ? { kind: 'kept', rejections } : { kind: 'selected', rejections, ledger: undefined }
  }
  if (object !== undefined) {
    refuse(options, [...selectors, 'session'], 'cannot be combined with --object')
    return { kind: 'object', place: readObject(object) }
  }
  if (session !== undefined) {
    refuse(options, selectors, 'cannot be combined with --session')
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
  const isFiltered = code !== undefined || since !== undefined || until !== undefined
  if (!rejected && !failed && !isFiltered) {
    throw new UsageError(
      'choose what to replay: --rejected, --failed, --code CODE, --since D, --id N, --object s3://…, --session S/call/ID, --dead-letters, or --from raw for stored sessions (to load a whole bucket: aftercall backfill)',
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
  refuse(options, ['failed', 'object', 'source', 'until'], 'cannot be combined with --from raw')
  const session = options.session === undefined ? undefined : readSession(options.session)
  return { kind: 'sessions', session, since: readSpan(options).since }
}

function readDeadLetters(options: ReplayCommandOptions): ReplayRequest {
  refuse(options, ['rejected', 'failed', 'id', 'session', 'from'], 'cannot be combined with --dead-letters')
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
    throw new UsageError(`${text} is a local file; to load it again: aftercall load`)
  return place
}

function readPrefix(text: string): ObjectPlace {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? []
  if (bucket === undefined) throw new UsageError(`--object must begin with s3://BUCKET/, not ${text}`)
  return { kind: 'object', bucket, key }
}
