import { Option } from 'commander'
import { type AddCommand, addCommand, asTypedHere, type CommonOptions, exitCodes } from '../cli-context.ts'

export type ReplayCommandOptions = CommonOptions & {
  rejected?: boolean
  failed?: boolean
  id?: string
  code?: string
  object?: string
  session?: string
  source?: string
  since?: string
  until?: string
  from?: 's3' | 'raw'
  deadLetters?: boolean
  queueUrl?: string
  limit?: string
  dryRun?: boolean
}

const exitHelp = `
Options narrow: --rejected --code not_json --source acme takes what all three mean. --rejected and --failed together take
both. Taking something twice does no harm: what is stored already is recognised.

Exit code: 0 when all ended well; 3 when some were rejected, failed or are missing (again); 1 when it was stopped.
Dead letters that fail again stay in their queue; those that are not meant are left there as they were.`

/** `aftercall replay --rejected | --failed | --id N | --object s3://… | --session S/call/ID | --dead-letters | --from raw …` */
export function addReplayCommand(add: AddCommand): void {
  addCommand(add, 'replay', 'take objects, rejections or dead letters through the path again', [
    'aftercall replay --rejected',
    'aftercall replay --rejected --code not_json --source acme --since 2026-03-01',
    'aftercall replay --id 12',
    'aftercall replay --failed',
    'aftercall replay --object s3://acme-session-files/metadata/2026/03/23/call-1418.json',
    'aftercall replay --rejected --from raw      the kept bytes, when the bucket no longer has them',
    'aftercall replay --from raw                 stored sessions, after the mapping has changed',
    'aftercall replay --dead-letters --dry-run',
    'aftercall replay --dead-letters --source acme',
  ])
    .option('--rejected', 'what was rejected and is open')
    .option('--failed', 'objects that failed last time')
    .option('--id <number>', 'one rejection, by its number')
    .option('--code <code>', 'only of this reason')
    .option('--object <url>', 'one object; with --dead-letters: all whose URL begins so')
    .option('--session <session>', 'the objects of one session: SOURCE/call/ID or SOURCE/chat/ID')
    .option('--source <name>', 'only of this source')
    .option(
      '--since <time>',
      'only what ended or was seen (a dead letter: was sent) from this ISO date or time on',
    )
    .option(
      '--until <time>',
      'only what ended or was seen (a dead letter: was sent) before this ISO date or time',
    )
    .addOption(
      new Option(
        '--from <store>',
        'the bucket, or the documents and bytes that are kept (default: s3)',
      ).choices(['s3', 'raw']),
    )
    .option('--dead-letters', 'the dead-letter queues of the configured queues')
    .option('--queue-url <url>', 'with --dead-letters: this queue instead')
    .option('--limit <n>', 'with --dead-letters: so many messages at the most')
    .option('--dry-run', 'with --dead-letters: only count')
    .addHelpText('after', exitHelp)
    .action(async (options: ReplayCommandOptions) => {
      const { readReplayRequest } = await import('./replay-request.ts')
      const request = readReplayRequest(options)
      const { startReplay } = await import('./start-replay.ts')
      const { text, exit } = await startReplay(add.context, options, request)
      add.context.stdout.write(`${asTypedHere(add.context, text, options)}\n`)
      add.end(exitCodes[exit])
    })
}
