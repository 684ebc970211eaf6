import { type KeyObject, randomInt, randomUUID } from 'node:crypto'
import { type ErasedValue, erasedKeyOf, erasureDigest } from '@aftercall/metadata/erasure/erasure-digest'
import type { Database } from '../connection/database.ts'
import { eraseCollisions } from './erase-collisions.ts'
import { readKeys, replaceKeys } from './erase-keys.ts'
import { type ErasedObject, eraseObjects, eraseSamples } from './erase-objects.ts'
import { eraseRejections, findContents } from './erase-rejections.ts'
import { type AgentIds, eraseSessions } from './erase-sessions.ts'
import type { ErasureCounts } from './erasure-record.ts'
import { findObjects } from './find-objects.ts'
import { type FoundSession, keyOf } from './find-sessions.ts'
import { objectNamed } from './named-values.ts'
import type { PersonOpener } from './open-once.ts'
import { type Person, valuesOf } from './person.ts'
import type { Erased } from './read-erased.ts'
import { type Registration, registerErased, type ToErase } from './register-erased.ts'
import type { Unreadable } from './unreadable.ts'

/** Adds values to the list, and returns what stands for each, by value. */
export type List = (
  rows: readonly (Partial<Erased> & { of: ErasedValue })[],
) => Promise<Map<string, Registered>>
type Registered = { digest: string; replacement: string | null; replacementId: string | null }

export function listOf(db: Database, identityKey: KeyObject, registration: Registration): List {
  return async (rows) => {
    const unique = new Map<string, ToErase>()
    const digests = rows.map(({ of, ...row }) => {
      const digest = erasureDigest(identityKey, of)
      unique.set(digest, {
        digest,
        kind: of.kind === 'person' ? 'contact' : of.kind,
        replacement: null,
        replacementId: null,
        ...row,
      })
      return { value: of.value, digest }
    })
    const added = await registerErased(db, [...unique.values()], registration)
    return new Map(
      digests.flatMap(({ value, digest }) => {
        const row = added.get(digest)
        return row === undefined ? [] : [[value, row]]
      }),
    )
  }
}

export async function registerPerson(list: List, person: Person): Promise<AgentIds> {
  const added = await list(
    valuesOf(person).map((of) =>
      of.kind === 'agent' ? { of, replacementId: String(-randomInt(1, 2 ** 47)) } : { of },
    ),
  )
  return new Map(
    person.agents.flatMap((id): [string, string][] => {
      const other = added.get(id)?.replacementId
      return other === null || other === undefined ? [] : [[id, other]]
    }),
  )
}

export type Work = {
  list: List
  person: Person
  agents: AgentIds
  opener: PersonOpener
  batchSize: number
  signal: AbortSignal
}

/** Returns how many keys of consumers it has replaced. */
export async function registerSessions(
  db: Database,
  { list, person, batchSize }: Work,
  sessions: readonly FoundSession[],
): Promise<number> {
  const { source } = person
  await list(
    sessions
      .filter(({ blanks }) => blanks !== 'nothing')
      .map((one) => ({
        of: { kind: 'session', source, value: keyOf(one) },
        kind: one.blanks === 'all' ? 'session' : 'mention',
      })),
  )
  const old = await readKeys(db, source, sessions)
  const added = await list(
    old.map((value) => ({ of: { kind: 'key', source, value }, replacement: randomUUID() })),
  )
  const keys = [...added].flatMap(([key, { replacement }]): [string, string][] =>
    replacement === null ? [] : [[key, replacement]],
  )
  await replaceKeys(db, source, new Map(keys), batchSize)
  return keys.length
}

/** Returns how many raw documents were deleted. */
export async function blankInBatches(
  db: Database,
  { person, agents, batchSize, signal }: Work,
  sessions: readonly FoundSession[],
): Promise<number> {
  let deleted = 0
  for (let from = 0; from < sessions.length; from += batchSize) {
    signal.throwIfAborted()
    const { documents } = await eraseSessions(
      db,
      person.source,
      sessions.slice(from, from + batchSize),
      agents,
    )
    deleted += documents
  }
  return deleted
}

/** What is not of one session: keys of objects, bytes of rejections, samples. Returns the bytes that it could not read. */
export async function eraseRest(
  db: Database,
  { list, person, batchSize, opener }: Work,
  sessions: readonly FoundSession[],
  counts: ErasureCounts,
): Promise<Unreadable[]> {
  const { source } = person
  const { contents, unreadable } = await findContents(db, person, sessions, { opener, reads: 'needed' })
  await list(
    contents.map((one) => ({ of: { kind: 'content', source: one.source ?? '', value: one.sha256 } })),
  )
  const objects = await findObjects(db, person)
  const added = await list(objects.map(({ bucket, key }) => ({ of: objectNamed(source, bucket, key) })))
  const renamed = objects.flatMap((object): ErasedObject[] => {
    const digest = added.get(objectNamed(source, object.bucket, object.key).value)?.digest
    return digest === undefined ? [] : [{ ...object, newKey: erasedKeyOf(digest) }]
  })
  counts.rejections = await eraseRejections(db, person, contents, renamed)
  await eraseObjects(db, source, renamed, batchSize)
  counts.objects = renamed.length
  counts.collisions = await eraseCollisions(db, person, opener)
  counts.samples = await eraseSamples(db, person)
  return unreadable
}
