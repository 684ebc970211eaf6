import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleText } from '@aftercall/runtime/text/visible-text'
import { countProblems, type LoadCounts, type LoadReport } from './load-counts.ts'

type Words = [name: keyof LoadCounts, one: string, many?: string]

const words: Words[] = [
  ['stored', 'stored'],
  ['superseded', 'superseded by a newer revision', 'superseded by newer revisions'],
  [
    'collision',
    'kept as a collision (its id belongs to another session)',
    'kept as collisions (their ids belong to other sessions)',
  ],
  ['duplicate', 'duplicate', 'duplicates'],
  ['ignored', 'ignored (not session files)'],
  ['unchanged', 'unchanged since the last load'],
  ['missing', 'deleted before it was read', 'deleted before they were read'],
  ['rejected', 'rejected'],
  ['failed', 'failed'],
  ['unreadable', 'unreadable'],
  ['temporary', 'skipped (hidden or temporary name)'],
  ['notFiles', 'skipped (links, pipes or devices)'],
]

/** The summary of a load. */
export function formatLoad(
  { place, counts, troubles, isWhole }: LoadReport,
  program: ProgramName = 'aftercall',
): string {
  const more = countProblems(counts) - troubles.length
  return [
    `${visibleText(place)}: ${formatCounts(counts)}`,
    ...troubles.map(({ outcome, code, path }) => `  ${outcome} (${code})  ${visibleText(path)}`),
    ...(more > 0 ? [`  and ${formatNumber(more)} more`] : []),
    ...(counts.rejected > 0 ? [`For the reasons: ${program} rejections list`] : []),
    ...(counts.collision > 0
      ? ['If these are sessions of another platform instance, load them with its own --source.']
      : []),
    ...(isWhole ? [] : ['Stopped before it finished. To continue, run it again; loaded files are skipped.']),
  ].join('\n')
}

export function formatCounts(counts: LoadCounts): string {
  const parts = words.flatMap(([name, one, many = one]) =>
    counts[name] === 0 ? [] : [formatCount(counts[name], one, many)],
  )
  return parts.length === 0 ? 'no files' : parts.join(', ')
}
