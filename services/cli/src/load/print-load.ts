import { visibleText } from '@aftercall/runtime/text/visible-text'
import { countProblems, type LoadCounts } from './load-counts.ts'
import type { LoadReport } from './run-load.ts'

const words: [keyof LoadCounts, string][] = [
  ['stored', 'stored'],
  ['superseded', 'superseded by newer revisions'],
  ['duplicate', 'duplicates'],
  ['ignored', 'ignored: no session files'],
  ['unchanged', 'unchanged since they were loaded'],
  ['missing', 'gone before they were read'],
  ['rejected', 'rejected'],
  ['failed', 'failed'],
  ['unreadable', 'unreadable'],
  ['temporary', 'left out for a hidden or temporary name'],
  ['notFiles', 'left out: links, pipes or devices'],
]

/** What became of everything, for people. */
export function formatLoad({ place, counts, troubles, isWhole }: LoadReport): string {
  const more = countProblems(counts) - troubles.length
  return [
    `${visibleText(place)}: ${formatCounts(counts)}`,
    ...troubles.map(({ outcome, code, path }) => `  ${outcome} (${code})  ${visibleText(path)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(isWhole ? [] : ['stopped before the end; run it again to go on: what is loaded is passed by']),
  ].join('\n')
}

export function formatCounts(counts: LoadCounts): string {
  const told = words.flatMap(([name, word]) => (counts[name] === 0 ? [] : [`${counts[name]} ${word}`]))
  return told.length === 0 ? 'no files' : told.join(', ')
}
