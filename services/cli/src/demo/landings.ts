import { planSamples, sampleSessionEnding, writeDocument } from '@aftercall/samples/sample-session'
import { brokenFiles } from './broken-files.ts'

/** A file that lands in the bucket, `atMs` after the play began. */
export type Landing = { atMs: number; key: string; bytes: Uint8Array }

/** What must be stored of a session when all has settled. */
export type ExpectedSession = {
  source: string
  channel: string
  sessionId: string
  participants: number
  transfers: number
  /** Of the newest revision, as it was sent. */
  updatedAt: unknown
}

export type Play = {
  landings: Generator<Landing, void, void>
  /** Filled while the landings are made. */
  expected: {
    sessions: ExpectedSession[]
    keys: Set<string>
    rejectedKeys: Set<string>
    ignoredKeys: Set<string>
  }
}

/** The play begins at an instant in milliseconds since the epoch. */
export type PlayOptions = { sessions: number; seed: string; beginsAtMs: number; playMs: number }

/** The platform rewrites a file about 15 minutes after its session; here it takes seconds. */
const rewriteAfterMs = 1_500
/** Every so many sessions the rewrite lands first, every so many a file is copied again, every so many one is broken. */
const outOfOrderEvery = 29
const copiedEvery = 37
const brokenEvery = 40
/** Between the end of a session and its first file. */
const exportAfterMs = 2_000
/** This session has a field that no release knows, to show what becomes of one. */
const sessionWithNewField = 3

/**
 * A contact center at play: sessions end one after the other, their files land and are rewritten as wrap-up, rating
 * and feedback arrive, some twice, some out of order, a few broken. In order of time, made as they are needed.
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
  const plan = planSamples({ seed })
  for (let number = 0; number < sessions; number += 1) {
    const endedMs = (number * playMs) / sessions
    const endsAt = Math.floor((beginsAtMs + endedMs - exportAfterMs) / 1_000)
    const sample = sampleSessionEnding(plan, number, endsAt)
    const strange = number === sessionWithNewField ? { demo_field_without_a_column: 'on purpose' } : {}
    const revisions = sample.revisions.map(({ document, key }) => ({
      key: `${sample.tenant}/metadata/${key}`,
      bytes: Buffer.from(writeDocument({ ...document, ...strange })),
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

/** The newest first; what is older arrives late, under the keys of a copy job, so that both objects stay in the bucket. */
function landOutOfOrder<File extends { key: string }>(revisions: File[]): File[] {
  const [newest, ...older] = revisions.toReversed()
  if (newest === undefined) return []
  const late = older.map((one, index) => ({
    ...one,
    key: one.key.replace('/metadata/', `/metadata/copied-${index}/`),
  }))
  return [newest, ...late]
}

/** Nothing comes more than `windowMs` before something that was told earlier, so only a window is held. */
function* inOrderOfTime(landings: Iterable<Landing>, windowMs: number): Generator<Landing, void, void> {
  let held: Landing[] = []
  for (const landing of landings) {
    held.push(landing)
    if (held.length % 256 !== 0) continue
    held.sort((one, other) => one.atMs - other.atMs)
    const ready = held.filter((one) => one.atMs <= landing.atMs - windowMs)
    held = held.slice(ready.length)
    yield* ready
  }
  yield* held.sort((one, other) => one.atMs - other.atMs)
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}
