import { join } from 'node:path'
import { formatBytes } from '@aftercall/operator/format/bytes'
import { formatDuration } from '@aftercall/operator/format/duration'
import { formatCount } from '@aftercall/operator/format/plural'
import { readWholeNumber } from '../arguments/read-whole-number.ts'
import { type AddCommand, addCommand, type CliContext, type CommonOptions } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'

type Options = CommonOptions & { sessions: string; seed: string; out?: string; to?: string }

/** `aftercall sample [--sessions N] [--seed X] (--out DIR | --to s3://…)` */
export function addSampleCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'sample', 'write sample session files, reproducible from a seed', [
    'aftercall sample --sessions 100 --out ./samples',
    'aftercall sample --sessions 5000 --seed monday --to s3://acme-session-files/metadata/',
  ])
    .option('--sessions <n>', 'number of sessions', '100')
    .option('--seed <text>', 'the same seed gives the same files', 'aftercall')
    .option('--out <dir>', 'write to this folder; keeps only the newest revision of each file')
    .option('--to <s3-url>', 'upload to this s3://BUCKET/PREFIX; uploads every revision in order')
    .action(async (options: Options) => {
      const sessions = readWholeNumber('--sessions', options.sessions, { min: 1, max: 100_000_000 })
      const { writeSamples } = await import('./write-samples.ts')
      const report = await writeSamples(context, { ...options, sessions })
      const { files, bytes, seconds, place, tenants } = report
      context.stdout.write(
        options.json === true
          ? `${formatJson({ sessions, files, bytes, seconds, place })}\n`
          : `Wrote ${formatCount(sessions, 'session')} in ${formatCount(files, 'file')} (${formatBytes(bytes)}) to ${place} in ${formatDuration(seconds * 1_000)}.\n${nextStep(context, options, tenants)}`,
      )
    })
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
