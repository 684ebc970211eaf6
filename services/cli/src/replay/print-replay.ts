import { isAllWell, type ReplayCounts } from '@aftercall/ingest/replay/replay-counts'
import { formatNumber } from '@aftercall/operator/format/number'
import type { exitCodes } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'

export type ReplayEnded = { text: string; exit: keyof typeof exitCodes }

const words: Readonly<Record<string, string>> = {
  stored: 'stored',
  superseded: 'superseded by a newer revision that is stored',
  duplicate: 'already stored with the same content',
  ignored: 'ignored (not session files, or of no source)',
  rejected: 'rejected again; for the reasons: aftercall rejections list',
  failed: 'failed again; run it again later',
  missing: 'deleted from the bucket; if a rejection kept the bytes: aftercall replay --rejected --from raw',
  elsewhere: 'skipped: in no configured source, or local files (use aftercall load)',
  notKept: 'skipped: no bytes were kept; leave out --from raw',
  cut: 'skipped: too large to be kept completely; leave out --from raw',
  changed: 'skipped: changed since they were rejected; leave out --from raw',
}

/** The summary of a replay as text or JSON, with its exit code. */
export function endReplay(
  replayCounts: ReplayCounts,
  { isStopped, json }: { isStopped: boolean; json: boolean },
): ReplayEnded {
  const end = isStopped ? 'stopped' : 'done'
  const exit = isStopped ? 'failed' : isAllWell(replayCounts) ? 'done' : 'doneInPart'
  return { text: json ? formatJson({ end, ...replayCounts }) : formatReplay(replayCounts, end), exit }
}

/** The outcomes of a replay, and what to do next. */
export function formatReplay({ counts, codes }: ReplayCounts, end: 'done' | 'stopped'): string {
  const lines = Object.keys(words).flatMap((name) => {
    const number = counts[name]
    return number === undefined ? [] : [line(number, words[name] ?? name)]
  })
  const last =
    end === 'stopped'
      ? ['Stopped before it finished. What was replayed is kept; to replay the rest, run it again.']
      : []
  if (lines.length === 0)
    return [...last, ...(end === 'done' ? ['Nothing to do: nothing matches.'] : [])].join('\n')
  return [...lines, ...formatCodes(codes), ...last].join('\n')
}

/** The reasons why objects were rejected or failed, most frequent first. */
export function formatCodes(codes: ReplayCounts['codes']): string[] {
  const sorted = Object.entries(codes).sort(([, left], [, right]) => right - left)
  return sorted.map(([code, number]) => line(number, `  ${code}`))
}

export function line(number: number, text: string): string {
  return `${formatNumber(number).padStart(9)}  ${text}`
}
