import type { Difference } from './difference.ts'
import { type Counts, createGroupCounts } from './group-counts.ts'
import type { ReconcileClass } from './judge-pair.ts'

export type DifferenceCounter = {
  /** A key whose class calls for nothing. */
  passed(name: 'listed' | 'current' | 'other'): void
  /** After it was loaded, where that was asked for. */
  found(finding: Difference): void
  goneRecorded(objects: number): void
  report(): DifferenceReport
}

export type DifferenceReport = {
  /** Objects by class; `listed`, all in the bucket; and what became of those that were loaded. */
  counts: Counts
  /** UTC days of last modification on which there are findings, and null for those whose day is not known. */
  byDay: { day: string | null; counts: Counts }[]
  /** By folder, or by the folders above it where there are too many. */
  byPrefix: { prefix: string; counts: Counts }[]
  /** The first keys of each class. */
  examples: Partial<Record<ReconcileClass, string[]>>
}

const examplesMax = 20
const groupsMax = 2_000

/** Adds up findings in bounded memory, whatever their number. */
export function createDifferenceCounter(prefix: string): DifferenceCounter {
  const counts: Counts = {}
  const days = createGroupCounts(groupsMax, shortenDay)
  const prefixes = createGroupCounts(groupsMax, (folder, level) => shortenFolder(folder, prefix, level))
  const examples: Partial<Record<ReconcileClass, string[]>> = {}

  function add(name: string, objects = 1): void {
    counts[name] = (counts[name] ?? 0) + objects
  }

  function found(finding: Difference): void {
    const day = finding.lastModified?.toISOString().slice(0, 10) ?? ''
    const folder = finding.key.slice(0, finding.key.lastIndexOf('/') + 1)
    for (const name of namesOf(finding)) {
      add(name)
      days.count(day, name)
      prefixes.count(folder, name)
    }
    examples[finding.class] ??= []
    if ((examples[finding.class]?.length ?? 0) < examplesMax) examples[finding.class]?.push(finding.key)
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

/** Objects that still are missing, outdated or failed, after what was loaded. */
export function countLeft(counts: Readonly<Counts>): number {
  const of = (name: string): number => counts[name] ?? 0
  const found = of('missing') + of('outdated') + of('failed')
  return found - of('fixed') - of('vanished') - of('nowRejected')
}

/** The class, and what came of loading it. */
function namesOf({ class: found, fix }: Difference): string[] {
  return fix === undefined ? [found] : [found, fix]
}

/** To months, to years, to all. */
function shortenDay(day: string, level: number): string {
  return [day, day.slice(0, 7), day.slice(0, 4), ''][Math.min(level, 3)] ?? ''
}

/** Folders of at most so many levels below the source's own, one less with every call: from 8 on to none. */
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
