import { planHistory, sessionEnding } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { brokenFiles } from './broken-files.ts'

/** A file that lands in the bucket, `atMs` after the start. */
export type Landing = { atMs: number; key: string; bytes: Uint8Array }

/** What must be stored of a session in the end. */
export type ExpectedSession = {
  source: string
  channel: string
  sessionId: string
  participants: number
  transfers: number
  /** As it is in the newest revision. */
  updatedAt: unknown
}

export type Play = {
  landings: Generator<Landing, void, void>
  /** Filled while the landings are generated. */
  expected: {
    sessions: ExpectedSession[]
    keys: Set<string>
    rejectedKeys: Set<string>
    ignoredKeys: Set<string>
  }
}

/** `beginsAtMs`: milliseconds since the epoch. */
export type PlayOptions = { sessions: number; seed: string; beginsAtMs: number; playMs: number }

/** The platform rewrites a file about 15 minutes after its session; the demo after seconds. */
const rewriteAfterMs = 1_500
/** One session in 29 lands its rewrite first, one in 37 has a file copied again, one in 40 comes with a broken file. */
const outOfOrderEvery = 29
const copiedEvery = 37
const brokenEvery = 40
/** Between the end of a session and its first file. */
const exportAfterMs = 2_000
/** This session has an unknown field, to show schema drift. */
const sessionWithNewField = 3

/**
 * A simulated contact center: sessions end one after the other, their files land and are rewritten as wrap-up, rating
 * and feedback arrive; some land twice, some out of order, a few are broken. Generated on demand, ordered by time.
 */
export function composePlay(options: PlayOptions): Play {
  const expected: Play['expected'] = {
    sessions: [],
    keys: new Set(),
    rejectedKeys: new Set(),
    ignoredKeys: new Set(),
  }
  return { landings: inOrderOfTime(simulateLandings(options, expected), rewriteAfterMs * 4), expected }
}

function* simulateLandings(options: PlayOptions, expected: Play['expected']): Generator<Landing, void, void> {
  const { sessions, seed, beginsAtMs, playMs } = options
  const broken = brokenFiles()
  const plan = planHistory({ seed, sessions: 1, days: 1, until: new Date(beginsAtMs) })
  for (let number = 0; number < sessions; number += 1) {
    const endedMs = (number * playMs) / sessions
    const endsAt = Math.floor((beginsAtMs + endedMs - exportAfterMs) / 1_000)
    const sample = sessionEnding(plan, number + 1, endsAt)
    const unknownFields = number === sessionWithNewField ? { demo_field_without_a_column: 'on purpose' } : {}
    const revisions = sample.revisions.map(({ document, key }) => ({
      key: `${sample.tenant}/metadata/${key}`,
      bytes: Buffer.from(writeDocument({ ...document, ...unknownFields })),
      document,
    }))
    const newest = revisions.at(-1)?.document
    expected.sessions.push({
      source: sample.tenant,
      channel: sample.channel,
      sessionId: String(sample.sessionId),
      participants: lengthOf(newest?.participants),
      transfers: lengthOf(newest?.transfers),
      updatedAt: newest?.updated_at,
    })
    const landed = number % outOfOrderEvery === 7 ? landOutOfOrder(revisions) : revisions
    for (const { key } of landed) expected.keys.add(key)
    for (const [index, { key, bytes }] of landed.entries()) {
      yield { atMs: endedMs + index * rewriteAfterMs, key, bytes }
    }
    const last = landed.at(-1)
    if (number % copiedEvery === 11 && last !== undefined) {
      yield { atMs: endedMs + landed.length * rewriteAfterMs, key: last.key, bytes: last.bytes }
    }
    if (number % brokenEvery === 5) {
      const { key, bytes, end } = broken(
        number / brokenEvery,
        sample.tenant,
        revisions[0]?.bytes ?? Buffer.from('{'),
      )
      expected.keys.add(key)
      if (end === 'rejected') expected.rejectedKeys.add(key)
      else expected.ignoredKeys.add(key)
      yield { atMs: endedMs + 100, key, bytes }
    }
  }
}

/** The newest first; older revisions land late, under other keys, so that all objects stay in the bucket. */
function landOutOfOrder<File extends { key: string }>(revisions: File[]): File[] {
  const [newest, ...older] = revisions.toReversed()
  if (newest === undefined) return []
  const late = older.map((file, index) => ({
    ...file,
    key: file.key.replace('/metadata/', `/metadata/copied-${index}/`),
  }))
  return [newest, ...late]
}

/** A landing is never more than `windowMs` earlier than one generated before it, so only that window is buffered. */
function* inOrderOfTime(landings: Iterable<Landing>, windowMs: number): Generator<Landing, void, void> {
  const byTime = (left: Landing, right: Landing): number => left.atMs - right.atMs
  let buffered: Landing[] = []
  for (const landing of landings) {
    buffered.push(landing)
    if (buffered.length % 256 !== 0) continue
    buffered.sort(byTime)
    const ready = buffered.filter(({ atMs }) => atMs <= landing.atMs - windowMs)
    buffered = buffered.slice(ready.length)
    yield* ready
  }
  yield* buffered.sort(byTime)
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
