import { documentLimits } from '@aftercall/ingest/mapping/map-fetched'
import { mapSession } from '@aftercall/metadata/map/map-session'
import { nameRows } from '@aftercall/metadata/map/name-rows'
import { type ReadResult, readDocuments } from '@aftercall/metadata/read/read-documents'
import { tables } from '@aftercall/metadata/tables'
import type { ColumnKind } from '@aftercall/metadata/tables/columns'
import type { TableSpec } from '@aftercall/metadata/tables/table-spec'
import { encodeSession } from '@aftercall/warehouse/encode-session'
import { z } from 'zod'
import { must, type Target } from '../target.ts'
import { filesIn, wordsOf } from './fixtures.ts'

export const documentBytesMax = 65_536
const bytesMax = 1_048_576
const limits = { ...documentLimits, rowsMax: 5_000, valuesMax: 50_000 }
const objectLastModified = new Date('2026-06-01T00:00:00Z')

const storable = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'), 'cannot be stored')
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/
const bigint = z
  .string()
  .refine((text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text))
/** What a column of each kind can hold. */
const values: Record<ColumnKind, z.ZodType> = {
  text: storable,
  'loose-text': storable,
  word: storable.min(1),
  id: bigint,
  'session-id': bigint,
  integer: z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1),
  numeric: z.union([
    z.number(),
    z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i),
    z.custom((value) => JSON.isRawJSON(value)),
  ]),
  boolean: z.boolean(),
  time: z.string().refine((text) => text.endsWith('Z') && instant.test(text.slice(0, -1))),
  'local-time': z.string().regex(instant),
  uuid: z.uuid(),
  json: z.unknown(),
  'id-path': z.array(z.union([bigint, z.number()])),
}

const words = [
  '_wrapper',
  '2026-03-23T13:12:51.000-07:00',
  '2026-03-23T20:12:60Z',
  'call_1418',
  'Infinity',
  '٣',
  'ﬁ',
  '+15550100000',
]

/** The bytes of an object, to rows as Postgres takes them. */
export function document(): Target {
  const seeds = ['real', 'synthetic', 'faults'].flatMap((name) =>
    filesIn(`packages/testkit/fixtures/${name}`),
  )
  return {
    name: 'document',
    bytesMax: documentBytesMax,
    form: 'json',
    seeds: () => seeds,
    words: [...wordsOf(seeds), ...words],
    bound: {
      steps: { least: 100_000, perByte: 60 },
      allocated: { least: 3_000_000, perByte: 2_500 },
    },
    read: (bytes) => checkReading(readDocuments({ key: 'acme/call-1418.json', bytes, bytesMax })),
  }
}

/** Maps and encodes the documents, and returns what there is to compare. */
export function checkReading(reading: ReadResult): unknown {
  if (reading.kind !== 'documents') return reading
  must(reading.documents.length > 0, 'an object without documents is ignored')
  return reading.documents.map((found) => {
    const mapping = mapSession(found, {
      source: 'acme',
      timeZone: 'America/New_York',
      objectLastModified,
      limits,
    })
    if (mapping.kind === 'unusable') return mapping
    const { session } = mapping
    const named = nameRows(session)
    for (const table of tables) for (const row of named[table.name]) checkRow(table, row)
    const { rows, ...encoded } = encodeSession(session, { bucket: 'files', objectKey: 'acme/call-1418.json' })
    JSON.parse(Buffer.from(session.text).toString())
    return { named, revision: encoded.revision, bytes: Buffer.from(rows.bytes).toString('base64') }
  })
}

function checkRow({ name, columns }: TableSpec, row: Record<string, unknown>): void {
  for (const column of columns) {
    const value = row[column.name]
    if (value === undefined || value === null) continue
    must(values[column.kind].safeParse(value).success, `${name}.${column.name} holds a ${column.kind}`)
  }
}
