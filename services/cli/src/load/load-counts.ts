import type { LocalLoadEvents } from '@aftercall/ingest/local/local-load'
import type { Notice } from '@aftercall/warehouse/load/loader'

const goodEnds = [
  'stored',
  'superseded',
  'collision',
  'duplicate',
  'ignored',
  'unchanged',
  'missing',
] as const
const badEnds = ['rejected', 'failed', 'unreadable'] as const
type GoodEnd = (typeof goodEnds)[number]
type BadEnd = (typeof badEnds)[number]

export type LoadProblem = { path: string; outcome: BadEnd; code: string }

export type LoadCounts = Record<GoodEnd | BadEnd | 'temporary' | 'notFiles', number>

export type LoadReport = {
  source: string
  place: string
  counts: LoadCounts
  /** The first files that could not be loaded. */
  troubles: LoadProblem[]
  /** False if it was stopped before it finished. Always true with --watch, which never finishes. */
  isWhole: boolean
}

export type LoadCounter = {
  events: Omit<LocalLoadEvents, 'databaseAway'>
  /** Comes before its file ends, and makes a superseded file a collision. */
  noticed(notice: Notice): void
  counts(): LoadCounts
  /** The first problems, at most 20. */
  problems(): LoadProblem[]
}

const listedMax = 20
/** Problems kept by path, so that one can be removed when its file is fixed. Further problems are only counted. */
const problemsMax = 10_000

/** Counts how files end. A watched file can end many times: every good end counts, but only its last bad one. */
export function createLoadCounter(): LoadCounter {
  const good: Record<GoodEnd, number> = {
    stored: 0,
    superseded: 0,
    collision: 0,
    duplicate: 0,
    ignored: 0,
    unchanged: 0,
    missing: 0,
  }
  const skipped = { temporary: 0, notFiles: 0 }
  const onlyCounted: Record<BadEnd, number> = { rejected: 0, failed: 0, unreadable: 0 }
  const fileProblems = new Map<string, LoadProblem>()
  const walkProblems = new Map<string, LoadProblem>()
  const collided = new Set<string>()

  function endWell(path: string, end: GoodEnd): void {
    good[end] += 1
    fileProblems.delete(path)
  }
  function note(problems: Map<string, LoadProblem>, problem: LoadProblem): void {
    if (problems.has(problem.path) || problems.size < problemsMax) problems.set(problem.path, problem)
    else onlyCounted[problem.outcome] += 1
  }
  const all = () => [...fileProblems.values(), ...walkProblems.values()]

  return {
    events: {
      passBegan() {
        skipped.temporary = 0
        skipped.notFiles = 0
        walkProblems.clear()
      },
      temporary() {
        skipped.temporary += 1
      },
      notFile() {
        skipped.notFiles += 1
      },
      unreadable: (path, code) => note(walkProblems, { path, outcome: 'unreadable', code }),
      refused: (path, code) => note(fileProblems, { path, outcome: 'unreadable', code }),
      unchanged: (path) => endWell(path, 'unchanged'),
      ended(path, outcome) {
        if (outcome.kind === 'rejected' || outcome.kind === 'failed')
          note(fileProblems, { path, outcome: outcome.kind, code: outcome.code })
        else endWell(path, outcome.kind === 'superseded' && collided.has(path) ? 'collision' : outcome.kind)
        collided.delete(path)
      },
    },
    noticed({ kind, objectKey }) {
      if (kind === 'session_collision') collided.add(objectKey)
    },
    counts() {
      const bad = { ...onlyCounted }
      for (const { outcome } of all()) bad[outcome] += 1
      return { ...good, ...bad, ...skipped }
    },
    problems: () => all().slice(0, listedMax),
  }
}

/** How many files need attention. */
export function countProblems(counts: LoadCounts): number {
  return badEnds.reduce((sum, end) => sum + counts[end], 0)
}
