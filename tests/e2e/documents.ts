import { readFileSync } from 'node:fs'
import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import type { Bench } from './bench.ts'

export type Json = Record<string, unknown>

const place = (name: string) => new URL(`../../packages/testkit/fixtures/real/${name}.json`, import.meta.url)

/** The two real documents, as bytes and as JSON. */
export const callBytes = readFileSync(place('call-1418'))
export const chatBytes = readFileSync(place('chat-135'))
export const call1418 = JSON.parse(callBytes.toString()) as Json & { participants: Json[]; transfers: Json[] }
export const chat135 = JSON.parse(chatBytes.toString()) as Json

/** A session of its own with the shape of the real call. */
export function callWithId(id: number, changes: Json = {}): Json {
  return { ...structuredClone(call1418), id, ...changes }
}

export type SampleFile = { key: string; text: string }

/** What must be stored of a session: its newest revision with exactly its children. */
export type StoredSession = {
  source: string
  channel: string
  session_id: string
  updated_ms: string
  rating: string
  participants: string
  transfers: string
}

/** Made-up sessions in order of export, every revision under the key it lands under, and what they must end in. */
export function sampleFiles(
  seed: string,
  sessions: number,
): { files: SampleFile[]; expected: StoredSession[] } {
  const files: SampleFile[] = []
  const expected: StoredSession[] = []
  for (const sample of sampleSessions({ seed, sessions })) {
    for (const { key, document } of sample.revisions) {
      files.push({ key: `${sample.tenant}/${key}`, text: writeDocument(document) })
    }
    const newest = sample.revisions.at(-1)?.document ?? {}
    expected.push({
      source: sample.tenant,
      channel: sample.channel,
      session_id: String(sample.sessionId),
      updated_ms: String(Date.parse(String(newest.updated_at))),
      rating: String(newest.rating ?? ''),
      participants: idsOf(newest.participants),
      transfers: idsOf(newest.transfers),
    })
  }
  return { files, expected: expected.sort(bySession) }
}

/** The same of what is in the tables, to compare with `expected`. */
export async function storedSessions({ rows }: Bench): Promise<StoredSession[]> {
  const children = (table: string) => `
    coalesce((select string_agg(${table}_id::text, ',' order by ${table}_id) from warehouse.${tableOf(table)} c
      where (c.source, c.channel, c.session_id) = (s.source, s.channel, s.session_id)), '')`
  const stored = await rows<StoredSession>(`
    select source, channel, session_id::text, (extract(epoch from updated_at) * 1000)::bigint::text as updated_ms,
           coalesce(rating::text, '') as rating,
           ${children('participant')} as participants, ${children('transfer')} as transfers
    from warehouse.session s`)
  return stored.sort(bySession)
}

function tableOf(child: string): string {
  return child === 'participant' ? 'call_participant' : child
}

function idsOf(children: unknown): string {
  const ids = Array.isArray(children) ? (children as { id: number }[]).map(({ id }) => id) : []
  return ids.sort((one, other) => one - other).join(',')
}

function bySession(one: StoredSession, other: StoredSession): number {
  const name = ({ source, channel, session_id }: StoredSession) => `${source}/${channel}/${session_id}`
  return name(one) < name(other) ? -1 : 1
}
