import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { expect } from 'vitest'
import { type Bench, bucket } from '../e2e/bench.ts'
import { type SampleFile, type StoredSession, sampleFiles, storedSessions } from '../e2e/documents.ts'

/** The tenants of the sample sessions. */
export const sources = builtInTenants.map(({ name, timeZone }) => ({
  ...{ name, bucket, prefix: `${name}/`, timeZone },
}))

export type SampleLoad = { files: SampleFile[]; expected: StoredSession[]; keys: ReadonlySet<string> }

/** Puts every revision of so many sessions, in order of export. */
export async function putSamples(bench: Bench, seed: string, sessions: number): Promise<SampleLoad> {
  const sample = sampleFiles(seed, sessions)
  for (const { key, text } of sample.files) await bench.put(key, text)
  return { ...sample, keys: new Set(sample.files.map(({ key }) => key)) }
}

/** I2 I3 I4: tables, ledger and queues, after the last message was settled. */
export async function expectAllStored(bench: Bench, { expected, keys }: SampleLoad): Promise<void> {
  expect(await storedSessions(bench)).toEqual(expected)
  const ledger = await bench.rows<{ object_key: string; outcome: string }>(
    'select object_key, outcome from ingest.object',
  )
  expect(new Set(ledger.map(({ object_key }) => object_key))).toEqual(keys)
  expect(ledger).toHaveLength(keys.size)
  const others = ledger.filter(({ outcome }) => !['stored', 'superseded', 'duplicate'].includes(outcome))
  expect(others).toEqual([])
  const heads = await bench.rows<{ heads: number }>('select count(*)::int as heads from ingest.session_head')
  expect(heads).toEqual([{ heads: expected.length }])
  expect(await bench.rows('select code from ingest.rejection')).toEqual([])
  expect(await bench.deadLetters()).toBe(0)
}

export async function settledObjects({ rows }: Bench): Promise<number> {
  const [row] = await rows<{ objects: number }>(
    `select count(*)::int as objects from ingest.object where outcome <> 'failed'`,
  )
  return row?.objects ?? 0
}

/** How often a message came, at the most, that an object was settled by. */
export async function receivesMaxOf({ rows }: Bench): Promise<number> {
  const [row] = await rows<{ receives: number }>(
    'select max(receive_count)::int as receives from ingest.object',
  )
  return row?.receives ?? 0
}
