import type { SampleSession } from '@aftercall/samples/make-sample'
import { planSamples, sampleSession } from '@aftercall/samples/sample-session'
import fc from 'fast-check'
import { type Edit, editDocument } from './edit-document.ts'

/** A document as parsed JSON, with any fields. */
export type AnyDocument = Record<string, unknown>

/** One session, and its revisions in an order of arrival: each at least once, some again. */
export type Arrivals = { session: SampleSession; arrivals: SampleSession['revisions'] }

const samplePlan = planSamples({ seed: 'arbitrary' })
const sessionNumberMax = 100_000

/** Any value that JSON can hold. */
export function anyJson(): fc.Arbitrary<unknown> {
  return fc.jsonValue()
}

/** A valid session of the sample generator. Shrinks towards a small number, not a small session. */
function soundSession(): fc.Arbitrary<SampleSession> {
  return fc.nat(sessionNumberMax).map((number) => sampleSession(samplePlan, number))
}

/** The newest document of a valid session. */
export function soundDocument(): fc.Arbitrary<AnyDocument> {
  return soundSession().map((session) => session.revisions.at(-1)?.document ?? {})
}

/**
 * A session document with up to `editsMax` errors or unusual values: dropped keys, nulls, wrong types, extra keys, the aliases
 * of contract g.7, numbers as text, repeated rows. Shrinks to fewer edits.
 */
export function sessionLikeDocument(editsMax = 12): fc.Arbitrary<AnyDocument> {
  return fc
    .tuple(soundDocument(), fc.array(edit(), { maxLength: editsMax }))
    .map(([document, edits]) => edits.reduce(editDocument, structuredClone(document)))
}

/** The revisions of one session in any order of arrival, with repetitions. */
export function arrivingRevisions(): fc.Arbitrary<Arrivals> {
  return soundSession().chain((session) => {
    const { revisions } = session
    const all = fc.shuffledSubarray(revisions, { minLength: revisions.length })
    const again = fc.array(fc.constantFrom(...revisions), { maxLength: 3 })
    return fc
      .tuple(all, again, fc.nat())
      .map(([once, repeated, turn]) => ({ session, arrivals: rotate([...once, ...repeated], turn) }))
  })
}

/**
 * Documents of one session that differ in `updated_at` (often a tie), in a rating, and in a late wrap-up, for tests of the order
 * of revisions.
 */
export function rivalRevisions(): fc.Arbitrary<AnyDocument[]> {
  const rival = fc.record({
    updatedAfterSeconds: fc.constantFrom(0, 0, 1, 900, 901),
    rating: fc.option(fc.integer({ min: 1, max: 5 })),
    wrapUpSeconds: fc.constantFrom(0, 20, 20, 1_400),
  })
  return fc
    .tuple(soundDocument(), fc.array(rival, { minLength: 2, maxLength: 6 }))
    .map(([document, rivals]) => rivals.map((parts) => rivalOf(document, parts)))
}

function edit(): fc.Arbitrary<Edit> {
  const place = fc.nat(2_000)
  return fc.oneof(
    fc.record({
      change: fc.constantFrom('drop', 'null', 'alias', 'number-text', 'twice', 'empty'),
      place,
    }),
    fc.record({
      change: fc.constantFrom('replace', 'extra'),
      place,
      value: fc.jsonValue(),
    }),
  )
}

function rivalOf(
  document: AnyDocument,
  parts: { updatedAfterSeconds: number; rating: number | null; wrapUpSeconds: number },
): AnyDocument {
  const copy = structuredClone(document)
  const updatedAt = String(copy.updated_at)
  const wrapUp = {
    id: 1,
    agent_id: 1,
    acw_duration: parts.wrapUpSeconds,
    started_at: updatedAt,
    ended_at: laterText(updatedAt, parts.wrapUpSeconds),
  }
  const handles = Array.isArray(copy.handle_durations) ? copy.handle_durations : []
  return {
    ...copy,
    updated_at: laterText(updatedAt, parts.updatedAfterSeconds),
    rating: parts.rating,
    handle_durations: parts.wrapUpSeconds === 0 ? handles : [...handles, wrapUp],
  }
}

// Keeps the offset of the time.
function laterText(time: string, seconds: number): string {
  const offset = time.slice(-6)
  const sign = offset.startsWith('-') ? -1 : 1
  const minutes = sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)))
  const local = new Date(Date.parse(time) + (minutes * 60 + seconds) * 1000)
  return local.toISOString().slice(0, 23) + offset
}

function rotate<T>(items: readonly T[], turn: number): T[] {
  const at = turn % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}
