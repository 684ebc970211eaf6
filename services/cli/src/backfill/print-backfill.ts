import type { BackfillEnd } from '@aftercall/ingest/bulk/run-backfill'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { exitCodes } from '../cli-context.ts'

export type PrintOptions = {
  runId: string
  via: 'direct' | 'queue'
  seconds: number
  failures: readonly unknown[]
}

const words: Record<string, string> = {
  listed: 'listed',
  current: 'skipped: already loaded with the same content',
  'rejected before': 'skipped: already rejected with the same content',
  elsewhere: 'skipped: under other prefixes',
  'too-early': 'skipped: before --since',
  'too-late': 'skipped: not before --until',
  undated: 'skipped: without a date for --since and --until',
  announced: 'sent to the workers through queues.backfill',
  stored: 'stored',
  superseded: 'superseded by a newer revision that is stored',
  duplicate: 'already stored under another key',
  missing: 'deleted before they were read',
  ignored: 'ignored (not session files)',
  rejected: 'rejected; for the reasons: aftercall rejections list',
  failed: 'failed; they will be tried again',
}

/** The totals of a run since it was first started, and what to do next. */
export function formatBackfillEnd(end: BackfillEnd, { runId, via, seconds, failures }: PrintOptions): string {
  const counts = Object.keys(words).flatMap((name) => {
    const number = end.counts[name]
    return number === undefined ? [] : [`${formatNumber(number).padStart(12)}  ${words[name]}`]
  })
  const reasons = [...new Set(failures.map(describeError))].slice(0, 5)
  return [...counts, ...reasons, lastLine(end, runId, via, seconds)].join('\n')
}

function lastLine({ kind, shardsOpen }: BackfillEnd, runId: string, via: string, seconds: number): string {
  const resume = `aftercall backfill --resume ${runId}`
  switch (kind) {
    case 'done': {
      const next =
        via === 'queue' ? ' The workers load the objects with the capacity that live traffic leaves.' : ''
      return `Run ${runId} is done (${formatDuration(seconds * 1_000)}).${next}`
    }
    case 'stopped':
      return `Run ${runId} was stopped with ${formatCount(shardsOpen, 'shard')} open. To continue: ${resume}`
    case 'incomplete':
      return `Run ${runId} failed in ${formatCount(shardsOpen, 'shard')}, still open. To try them again: ${resume}`
  }
}

/** Reaching --limit is a success; being stopped by a signal is not. */
export function exitOf({ kind, counts }: BackfillEnd, wasSignalled: boolean): keyof typeof exitCodes {
  if (kind === 'incomplete' || wasSignalled) return 'failed'
  return (counts.rejected ?? 0) + (counts.missing ?? 0) > 0 ? 'doneInPart' : 'done'
}
