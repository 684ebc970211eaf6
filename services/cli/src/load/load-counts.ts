import type { LocalLoadEvents } from '@aftercall/ingest/local/local-load'

const goodEnds = ['stored', 'superseded', 'duplicate', 'ignored', 'unchanged', 'missing'] as const
const badEnds = ['rejected', 'failed', 'unreadable'] as const
type GoodEnd = (typeof goodEnds)[number]
type BadEnd = (typeof badEnds)[number]

export type LoadProblem = { path: string; outcome: BadEnd; code: string }

export type LoadCounts = Record<GoodEnd | BadEnd | 'temporary' | 'notFiles', number>

export type LoadCounter = {
  events: Omit<LocalLoadEvents, 'databaseAway'>
  counts(): LoadCounts
  /** The first of them, by path. */
  troubles(): LoadProblem[]
}

const listedMax = 20
/** Files kept by name, so that one that is put right later is no trouble any more. Of more, the number is kept. */
const troublesMax = 10_000

/** Counts how files end. A watched file may end again and again: good ends are counted, of bad ones the last holds. */
export function createLoadCounter(): LoadCounter {
  const good: Record<GoodEnd, number> = {
    ...{ stored: 0, superseded: 0, duplicate: 0, ignored: 0, unchanged: 0, missing: 0 },
  }
  const passed = { temporary: 0, notFiles: 0 }
  const unnamed: Record<BadEnd, number> = { rejected: 0, failed: 0, unreadable: 0 }
  const ofFiles = new Map<string, LoadProblem>()
  const onTheWay = new Map<string, LoadProblem>()

  function endWell(path: string, end: GoodEnd): void {
    good[end] += 1
    ofFiles.delete(path)
  }
  function note(troubles: Map<string, LoadProblem>, trouble: LoadProblem): void {
    if (troubles.has(trouble.path) || troubles.size < troublesMax) troubles.set(trouble.path, trouble)
    else unnamed[trouble.outcome] += 1
  }
  const all = () => [...ofFiles.values(), ...onTheWay.values()]

  return {
    events: {
      passBegan() {
        passed.temporary = 0
        passed.notFiles = 0
        onTheWay.clear()
      },
      temporary() {
        passed.temporary += 1
      },
      notFile() {
        passed.notFiles += 1
      },
      unreadable: (path, code) => note(onTheWay, { path, outcome: 'unreadable', code }),
      refused: (path, code) => note(ofFiles, { path, outcome: 'unreadable', code }),
      unchanged: (path) => endWell(path, 'unchanged'),
      ended(path, outcome) {
        if (outcome.kind === 'rejected' || outcome.kind === 'failed')
          note(ofFiles, { path, outcome: outcome.kind, code: outcome.code })
        else endWell(path, outcome.kind)
      },
    },
    counts() {
      const bad = { ...unnamed }
      for (const { outcome } of all()) bad[outcome] += 1
      return { ...good, ...bad, ...passed }
    },
    troubles: () => all().slice(0, listedMax),
  }
}

/** How many ended so that somebody has to look after them. */
export function countProblems(counts: LoadCounts): number {
  return badEnds.reduce((sum, end) => sum + counts[end], 0)
}
