import { join } from 'node:path'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import { readTime } from '../arguments/read-time.ts'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import type { SampleRequest } from './write-samples.ts'

type Options = CommonOptions & {
  sessions?: string
  days?: string
  until: string
  seed: string
  unknownWords?: boolean
  out?: string
  to?: string
}

/** The six weeks before it hold every change of daylight saving time of the built-in tenants. */
const untilDefault = '2026-04-13T00:00:00Z'
const sessionsDefault = 100
const sessionsPerDay = 100

/** `aftercall sample [--days D [--until T]] [--sessions N] [--seed X] (--out DIR | --to s3://…)` */
export function addSampleCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'sample', 'write sample session files, reproducible from a seed', [
    'aftercall sample --sessions 100 --out ./samples',
    'aftercall sample --sessions 5000 --seed monday --to s3://acme-session-files/metadata/',
    'aftercall sample --days 42 --out ./samples              # six weeks that analyses make sense of',
    'aftercall sample --days 60 --until now --out ./samples',
  ])
    .option('--sessions <n>', 'number of sessions (default: 100, or 100 a day with --days)')
    .option(
      '--days <n>',
      'a history of this many days: busy and quiet hours, people who return, late revisions, a few missing ids',
    )
    .option('--until <time>', 'end of that history: an ISO date or time, or "now"', untilDefault)
    .option('--seed <text>', 'the same seed gives the same files', 'aftercall')
    .option('--unknown-words', 'let some files have a word that Aftercall does not know')
    .option('--out <dir>', 'write to this folder; keeps only the newest revision of each file')
    .option('--to <s3-url>', 'upload to this s3://BUCKET/PREFIX; uploads every revision in order')
    .action(async (options: Options) => {
      const { writeSamples } = await import('./write-samples.ts')
      const report = await writeSamples(context, { ...options, ...readCounts(options, new Date()) })
      const { sessions, files, bytes, seconds, place, tenants } = report
      context.stdout.write(
        options.json === true
          ? `${formatJson({ sessions, files, bytes, seconds, place })}\n`
          : `Wrote ${formatCount(sessions, 'session')} in ${formatCount(files, 'file')} (${formatBytes(bytes)}) to ${place} in ${formatDuration(seconds * 1_000)}.\n${nextStep(context, options, tenants)}`,
      )
    })
}

/** The same options give the same files, but for `--until now`. */
function readCounts(
  { days, until, unknownWords = false, ...options }: Options,
  now: Date,
): Pick<SampleRequest, 'sessions' | 'history' | 'unknownWords'> {
  const history =
    days === undefined
      ? null
      : { days: readWholeNumber('--days', days, { min: 1, max: 3_660 }), until: readUntil(until, now) }
  const usual = history === null ? sessionsDefault : history.days * sessionsPerDay
  const sessions = readWholeNumber('--sessions', options.sessions ?? String(usual), {
    min: 1,
    max: 100_000_000,
  })
  return { sessions, history, unknownWords }
}

function readUntil(text: string, now: Date): Date {
  const until = text === 'now' ? now : readTime('--until', text)
  if (until > now) throw new UsageError(`--until must not be in the future: ${text}`)
  return until
}

/** The ids of platform instances overlap, so each folder needs a source of its own. */
function nextStep(
  { program = 'aftercall' }: CliContext,
  { out }: Options,
  tenants: readonly string[],
): string {
  const [tenant] = tenants
  if (out === undefined || tenant === undefined) return ''
  const folders =
    tenants.length === 1 ? '' : 'Each folder in it is one platform instance and needs a source of its own.\n'
  return `${folders}To load one: ${program} load ${join(out, tenant)} --source acme\n`
}
