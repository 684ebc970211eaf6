import type { Database } from '../connection/database.ts'
import { collectPerson } from './collect-person.ts'
import { countConsumers, readKeys } from './erase-keys.ts'
import type { ErasureRequest } from './erase-person.ts'
import { findContents } from './erase-rejections.ts'
import { countSessions, type ErasureCounts, noCounts } from './erasure-record.ts'
import { findObjects } from './find-objects.ts'
import { type FoundSession, findSessions } from './find-sessions.ts'
import { createPersonOpener } from './open-once.ts'
import type { Person } from './person.ts'
import { sumUnreadable, type Unreadable } from './unreadable.ts'

export type PersonCount = {
  person: Person
  sessions: FoundSession[]
  consumers: number
  counts: ErasureCounts
  unreadable: Unreadable[]
}

/** What it would erase, by kind. Changes nothing. */
export async function countPerson(
  db: Database,
  request: Pick<ErasureRequest, 'selector' | 'withNames' | 'opener'>,
): Promise<PersonCount> {
  const person = await collectPerson(db, request.selector, request.withNames)
  const opener = createPersonOpener(request.opener)
  const { sessions, unreadable } = await findSessions(db, person, opener)
  const counts = { ...noCounts, agents: person.agents.length }
  countSessions(counts, sessions)
  counts.objects = (await findObjects(db, person)).length
  const found = await findContents(db, person, sessions, { opener, reads: 'needed' })
  counts.rejections = found.contents.length
  counts.keys = (await readKeys(db, person.source, sessions)).length
  const consumers = await countConsumers(db, person.source, sessions)
  return { person, sessions, consumers, counts, unreadable: sumUnreadable([unreadable, found.unreadable]) }
}
