import type { Database } from '@aftercall/warehouse/connection/database'
import { readLedgerPage } from '@aftercall/warehouse/console/ledger-page'
import type { ConsoleFailure } from './answers.ts'
import type { ObjectsAnswer, ObjectsQuery } from './list-answers.ts'
import { readPlaces } from './read-places.ts'
import { FailedRequest } from './route.ts'

/** A page of the ledger, in the order of keys. */
export async function readObjects(db: Database, query: ObjectsQuery): Promise<ObjectsAnswer> {
  const { source, outcome, key, after, limit } = query
  const places = await readPlaces(db)
  const own = places.find(({ name }) => name === source)
  if (source !== null && own === undefined) throw new FailedRequest(unknownSource)
  if (own === undefined && key !== '') throw new FailedRequest(keyWithoutSource)
  const place =
    own === undefined
      ? null
      : { bucket: own.bucket, prefix: key.startsWith(own.prefix) ? key : own.prefix + key }
  const options = { place, outcome, after: after === null ? null : splitPlace(after), limit }
  const { objects, hasMore } = await readLedgerPage(db, options)
  const last = objects.at(-1)
  const next = hasMore && last !== undefined ? `${last.bucket}/${last.objectKey}` : null
  return { source, outcome, key, objects, next, sources: places.map(({ name }) => name) }
}

function splitPlace(text: string): { bucket: string; key: string } {
  const at = text.indexOf('/')
  if (at < 1) throw new FailedRequest(badPosition)
  return { bucket: text.slice(0, at), key: text.slice(at + 1) }
}

const unknownSource: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'not_a_source' },
}

const keyWithoutSource: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'key_without_source' },
}

const badPosition: ConsoleFailure = {
  status: 400,
  code: 'bad_request',
  reason: { kind: 'not_a_position' },
}
