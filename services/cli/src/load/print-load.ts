import { visibleText } from '@aftercall/runtime/text/visible-text'
import { countProblems, type LoadCounts, type LoadReport } from './load-counts.ts'

const words: [keyof LoadCounts, string][] = [
  ['stored', 'stored'],
  ['superseded', 'superseded by newer revisions'],
  ['duplicate', 'duplicates'],
  ['ignored', 'ignored (not session files)'],
  ['unchanged', 'unchanged since the last load'],
  ['missing', 'deleted before they were read'],
  ['rejected', 'rejected'],
  ['failed', 'failed'],
  ['unreadable', 'unreadable'],
  ['temporary', 'skipped (hidden or temporary name)'],
  ['notFiles', 'skipped (links, pipes or devices)'],
]

/** The summary of a load. */
export function formatLoad({ place, counts, troubles, isWhole }: LoadReport): string {
  const more = countProblems(counts) - troubles.length
  return [
    `${visibleText(place)}: ${formatCounts(counts)}`,
    ...troubles.map(({ outcome, code, path }) => `  ${outcome} (${code})  ${visibleText(path)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(isWhole ? [] : ['Stopped before it finished. To continue, run it again; loaded files are skipped.']),
  ].join('\n')
}

export function formatCounts(counts: LoadCounts): string {
  const parts = words.flatMap(([name, word]) => (counts[name] === 0 ? [] : [`${counts[name]} ${word}`]))
  return parts.length === 0 ? 'no files' : parts.join(', ')
}
