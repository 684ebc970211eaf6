import type { Difference } from './difference.ts'
import { type Counts, createGroupCounts } from './group-counts.ts'
import type { ReconcileClass } from './judge-pair.ts'

export type DifferenceCounter = {
  /** A key whose class needs no action. */
  passed(name: 'listed' | 'current' | 'other'): void
  /** After the object was loaded, where that was requested. */
  found(difference: Difference): void
  goneRecorded(objects: number): void
  report(): DifferenceReport
}

export type DifferenceReport = {
  /** Objects by class; `listed`, all in the bucket; and the results of those that were loaded. */
  counts: Counts
  /** Differences by UTC day of the last modification; null for those whose day is unknown. */
  byDay: { day: string | null; counts: Counts }[]
  /** By folder, or by the folders above it where there are too many. */
  byPrefix: { prefix: string; counts: Counts }[]
  /** The first keys of each class. */
  examples: Partial<Record<ReconcileClass, string[]>>
}

const examplesMax = 20
const groupsMax = 2_000

/** Adds up any number of differences in bounded memory. */
export function createDifferenceCounter(prefix: string): DifferenceCounter {
  const counts: Counts = {}
  const days = createGroupCounts(groupsMax, shortenDay)
  const prefixes = createGroupCounts(groupsMax, (folder, level) => shortenFolder(folder, prefix, level))
  const examples: Partial<Record<ReconcileClass, string[]>> = {}

  function add(name: string, objects = 1): void {
    counts[name] = (counts[name] ?? 0) + objects
  }

  function found(difference: Difference): void {
    const day = difference.lastModified?.toISOString().slice(0, 10) ?? ''
    const folder = difference.key.slice(0, difference.key.lastIndexOf('/') + 1)
    for (const name of namesOf(difference)) {
      add(name)
      days.count(day, name)
      prefixes.count(folder, name)
    }
    examples[difference.class] ??= []
    if ((examples[difference.class]?.length ?? 0) < examplesMax)
      examples[difference.class]?.push(difference.key)
  }

  return {
    passed: add,
    found,
    goneRecorded: (objects) => add('goneNoted', objects),
    report: () => ({
      counts: { ...counts },
      byDay: days.groups().map(([day, ofDay]) => ({ day: day === '' ? null : day, counts: ofDay })),
      byPrefix: prefixes.groups().map(([folder, ofFolder]) => ({ prefix: folder, counts: ofFolder })),
      examples,
    }),
  }
}

/** Objects that are still missing, outdated, or failed after the load. */
export function countLeft(counts: Readonly<Counts>): number {
  const of = (name: string): number => counts[name] ?? 0
  const found = of('missing') + of('outdated') + of('failed')
  return found - of('fixed') - of('vanished') - of('nowRejected')
}

/** The class, and the result of the load. */
function namesOf({ class: found, fix }: Difference): string[] {
  return fix === undefined ? [found] : [found, fix]
}

/** To months, to years, to all. */
function shortenDay(day: string, level: number): string {
  return [day, day.slice(0, 7), day.slice(0, 4), ''][Math.min(level, 3)] ?? ''
}

/** Keeps at most 8 levels of folders below the source's own, and one less at each further level, down to none. */
function shortenFolder(folder: string, prefix: string, level: number): string {
  const top = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const names = folder.slice(top.length).split('/').slice(0, -1)
  return (
    top +
    names
      .slice(0, Math.max(0, 8 - level))
      .map((name) => `${name}/`)
      .join('')
  )
}
