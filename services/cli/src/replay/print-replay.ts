import { isAllWell, type ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import { formatNumber } from '@aftercall/operator/format/number'
import type { exitCodes } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'

export type ReplayEnded = { text: string; exit: keyof typeof exitCodes }

const words: Readonly<Record<string, string>> = {
  stored: 'stored',
  superseded: 'older than what is stored',
  duplicate: 'stored before, with this very content',
  ignored: 'no session files, or of no source',
  rejected: 'rejected again: aftercall rejections list',
  failed: 'failed again, and can be tried later',
  missing: 'gone from the bucket; rejections may have kept the bytes: aftercall replay --rejected --from raw',
  elsewhere: 'in no source of the configuration, or files of a machine (aftercall load): left alone',
  notKept: 'without kept bytes: leave out --from raw',
  cut: 'too large to be kept whole: leave out --from raw',
  changed: 'changed since they were rejected: leave out --from raw',
}

/** The end of a replay, for people or machines, with the exit code that goes with it. */
export function endReplay(
  tally: ReplayCounts,
  { isStopped, json }: { isStopped: boolean; json: boolean },
): ReplayEnded {
  const end = isStopped ? 'stopped' : 'done'
  const exit = isStopped ? 'failed' : isAllWell(tally) ? 'done' : 'doneInPart'
  return { text: json ? printJson({ end, ...tally }) : formatReplay(tally, end), exit }
}

/** How a replay ended, and what to do next. */
export function formatReplay({ counts, codes }: ReplayCounts, end: 'done' | 'stopped'): string {
  const lines = Object.keys(words).flatMap((name) => {
    const number = counts[name]
    return number === undefined ? [] : [line(number, words[name] ?? name)]
  })
  const last =
    end === 'stopped' ? ['Stopped before the end: what was taken until then stays, so run it again.'] : []
  if (lines.length === 0)
    return [...last, ...(end === 'done' ? ['nothing to do: nothing matches'] : [])].join('\n')
  return [...lines, ...formatCodes(codes), ...last].join('\n')
}

/** The reasons of what was rejected or failed, the most frequent first. */
export function formatCodes(codes: ReplayCounts['codes']): string[] {
  const sorted = Object.entries(codes).sort(([, one], [, other]) => other - one)
  return sorted.map(([code, number]) => line(number, `  ${code}`))
}

export function line(number: number, text: string): string {
  return `${formatNumber(number).padStart(9)}  ${text}`
}
