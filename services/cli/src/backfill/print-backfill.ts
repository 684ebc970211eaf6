import type { BackfillEnd } from '@aftercall/ingest/bulk/run-backfill'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
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
  current: 'loaded before, with this very content: skipped',
  'rejected before': 'rejected before, with this very content: skipped',
  elsewhere: 'below other prefixes',
  'too-early': 'before --since',
  'too-late': 'not before --until',
  undated: 'without a time that --since and --until could mean',
  announced: 'announced to the workers on queues.backfill',
  stored: 'stored',
  superseded: 'older than what is stored',
  duplicate: 'stored before under another key',
  missing: 'gone before they could be read',
  ignored: 'no session files',
  rejected: 'rejected: see aftercall rejections list',
  failed: 'failed, to be tried again',
}

/** How a bulk load ended, over all that was ever done of its run, and what to do next. */
export function printBackfillEnd(end: BackfillEnd, { runId, via, seconds, failures }: PrintOptions): string {
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
      const next = via === 'queue' ? ' The workers load it with what live traffic leaves.' : ''
      return `Run ${runId} is done (${formatDuration(seconds * 1_000)}).${next}`
    }
    case 'stopped':
      return `Run ${runId} was stopped with ${shardsOpen} parts open. To go on: ${resume}`
    case 'incomplete':
      return `Run ${runId} has ${shardsOpen} parts open, because something failed. To try again what is missing: ${resume}`
  }
}

/** A limit that was reached is what was asked for; a signal is not. */
export function exitOf({ kind, counts }: BackfillEnd, wasSignalled: boolean): keyof typeof exitCodes {
  if (kind === 'incomplete' || wasSignalled) return 'failed'
  return (counts.rejected ?? 0) + (counts.missing ?? 0) > 0 ? 'doneInPart' : 'done'
}
