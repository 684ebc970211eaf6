import type { KeyObject } from 'node:crypto'
import { erasureDigest, erasureKeyVersion } from '@aftercall/metadata/erasure/erasure-digest'
import type { Database } from '../connection/database.ts'
import type { Opener } from '../sealing/create-opener.ts'
import { collectPerson } from './collect-person.ts'
import { eraseAgents } from './erase-agent.ts'
import { countConsumers } from './erase-keys.ts'
import { openRunsWithKeys } from './erase-objects.ts'
import { findContents } from './erase-rejections.ts'
import {
  countSessions,
  type ErasureCounts,
  endErasure,
  noCounts,
  readKeyVersion,
  startErasure,
} from './erasure-record.ts'
import { blankInBatches, eraseRest, listOf, registerPerson, registerSessions } from './erasure-steps.ts'
import { ErasureKeyError } from './erasures.ts'
import { type FoundSession, findSessions, keyOf } from './find-sessions.ts'
import { createPersonOpener, type PersonOpener } from './open-once.ts'
import type { Person, PersonSelector } from './person.ts'
import { requireReadable, sumUnreadable, type Unreadable } from './unreadable.ts'

export type ErasureRequest = {
  selector: PersonSelector
  identityKey: KeyObject
  askedBy: string
  reason: string | null
  /** Also free texts with the person's full name, which others may have. */
  withNames: boolean
  /** If the sessions are of more consumers than this, they share a number or an address, and nothing is erased. */
  consumersMax: number
  /** Opens what is encrypted. */
  opener: Opener
  /** Goes on although something encrypted cannot be read. */
  skipsUnreadable: boolean
  batchSize?: number
  /** Fires between two batches. What is done stays; the next run goes on. */
  signal: AbortSignal
}

export type ErasureReport = {
  erasureId: string
  counts: ErasureCounts
  /** Sessions that still name the person in a column that erasing leaves as it is. */
  remaining: number
  /** What may name the person, too, but could not be read. */
  unreadable: Unreadable[]
  /** Open bulk loads whose positions hold a key that names the person. */
  openRuns: string[]
}

/** Too many people have what was given: it is more likely shared than one person's. */
export class SharedValueError extends Error {
  override readonly name = 'SharedValueError'
  readonly code = 'erasure_value_shared'
  readonly retryable = false
  constructor(consumers: number, max: number) {
    super(
      `the sessions with this person's numbers, addresses and identifiers are of ${consumers} consumers (end_user.id), more than ${max}; nothing was erased. If all of them are the same person, allow it: --consumers-max ${consumers}`,
    )
  }
}

const batchSizeDefault = 200
/** New sessions may come while it searches; each round finds fewer. */
const roundsMax = 5

/**
 * Erases a person from the database, in steps that each can be repeated: the list of the erased first, so that nothing comes
 * back from then on, then what is stored, a batch of sessions at a time, until a search finds nothing. Killed at any point, it can
 * be run again with the same selector. Runs with the rights of the owner.
 */
export async function erasePerson(db: Database, request: ErasureRequest): Promise<ErasureReport> {
  const { selector, identityKey, batchSize = batchSizeDefault, signal } = request
  const opener = createPersonOpener(request.opener)
  const keyVersion = erasureKeyVersion(identityKey)
  const known = await readKeyVersion(db)
  if (known !== null && known !== keyVersion) throw new ErasureKeyError(true)
  const person = await collectPerson(db, selector, request.withNames)
  await checkFound(db, person, opener, request)
  const erasureId = await startErasure(db, {
    ...{ source: selector.source, kind: selector.kind, keyVersion },
    digest: erasureDigest(identityKey, {
      ...{ kind: 'person', source: selector.source },
      value: `${selector.kind}/${selector.value}`,
    }),
    ...{ askedBy: request.askedBy, reason: request.reason },
  })
  const list = listOf(db, identityKey, { erasureId, keyVersion })
  const agents = await registerPerson(list, person)
  const work = { list, person, agents, opener, batchSize, signal }
  const counts = { ...noCounts, agents: agents.size }
  const done = new Map<string, FoundSession>()
  // Again: loaders have stored until the list had the person.
  let found = await findSessions(db, person, opener)
  for (let round = 1; round <= roundsMax; round += 1) {
    const fresh = found.sessions.filter((one) => isNew(one, done.get(keyOf(one))))
    if (fresh.length === 0) break
    for (const one of fresh) done.set(keyOf(one), one)
    counts.keys += await registerSessions(db, work, fresh)
    counts.documents += await blankInBatches(
      db,
      work,
      fresh.filter((one) => !isLast(person, one)),
    )
    found = await findSessions(db, person, opener)
  }
  const unreadBytes = await eraseRest(db, work, [...done.values()], counts)
  counts.documents += await blankInBatches(
    db,
    work,
    [...done.values()].filter((one) => isLast(person, one)),
  )
  await eraseAgents(db, person.source, agents)
  countSessions(counts, [...done.values()])
  const left = await findSessions(db, person, opener)
  await endErasure(db, erasureId, counts)
  const remaining = left.sessions.filter((one) => keyOf(one) !== keyOfSelected(person)).length
  const unreadable = sumUnreadable([left.unreadable, unreadBytes])
  return { erasureId, counts, remaining, unreadable, openRuns: await openRunsWithKeys(db, person) }
}

/** The second erasure, once the keys are there, has to be told what the first one has erased. */
const goOnWithoutKeys =
  'go on without them, with --skip-unreadable. Before that, have the ids, numbers and addresses of the person written down (aftercall subject-access --skip-unreadable lists them): to erase the rest later, the command needs each of them, because the tables no longer tell them'

/** @throws SharedValueError, UnreadableError */
async function checkFound(
  db: Database,
  person: Person,
  opener: PersonOpener,
  { consumersMax, skipsUnreadable }: ErasureRequest,
): Promise<void> {
  const { sessions, unreadable } = await findSessions(db, person, opener)
  const consumers = await countConsumers(db, person.source, sessions)
  if (consumers > consumersMax) throw new SharedValueError(consumers, consumersMax)
  if (skipsUnreadable) return
  const contents = await findContents(db, person, sessions, { opener, reads: 'needed' })
  requireReadable(sumUnreadable([unreadable, contents.unreadable]), goOnWithoutKeys)
}

/** The sessions that tell of the person what else to look for. */
function isLast({ namedIn }: Person, one: FoundSession): boolean {
  return one.hasAgent || namedIn.has(keyOf(one))
}

function keyOfSelected({ session }: Person): string | undefined {
  return session === null ? undefined : keyOf(session)
}

function isNew(one: FoundSession, before: FoundSession | undefined): boolean {
  return before === undefined || (one.blanks === 'all' && before.blanks !== 'all')
}
