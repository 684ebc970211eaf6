import { Option } from 'commander'
import { type AddCommand, addCommand, exitCodes, formatCommands } from '../cli-context.ts'
import type { ReplayCommandOptions } from './parse-options.ts'

const help = `
Filters combine: --rejected --code not_json --source acme replays what matches all three. --rejected and --failed together
replay both. Replaying something twice is safe: what is already stored is recognized.

Dead letters that fail again stay in their queue. Dead letters that do not match are left in their queue unchanged.

Exit code: 0 when everything was replayed; 3 when something was rejected, failed or missing again; 1 when it was stopped.`

/** `aftercall replay --rejected | --failed | --id N | --object s3://… | --session S/call/ID | --dead-letters | --from raw …` */
export function addReplayCommand(add: AddCommand): void {
  addCommand(add, 'replay', 'load objects, rejections or dead letters again', [
    'aftercall replay --rejected',
    'aftercall replay --rejected --code not_json --source acme --since 2026-03-01',
    'aftercall replay --id 12',
    'aftercall replay --failed',
    'aftercall replay --object s3://acme-session-files/metadata/2026/03/23/call-1418.json',
    'aftercall replay --rejected --from raw      # from the kept bytes, if the bucket no longer has the objects',
    'aftercall replay --from raw                 # stored sessions, after an upgrade that maps more fields',
    'aftercall replay --dead-letters --dry-run',
    'aftercall replay --dead-letters --source acme',
    'aftercall replay --rejected --code not_json --via worker   # for a login without rights to the data',
  ])
    .option('--rejected', 'open rejections')
    .option('--failed', 'objects that failed last time')
    .option('--id <number>', 'one rejection, by its number')
    .option('--code <code>', 'only with this reason')
    .option('--object <url>', 'one object; with --dead-letters: all objects whose URL begins with this')
    .option('--session <session>', 'the objects of one session: SOURCE/call/ID or SOURCE/chat/ID')
    .option('--source <name>', 'only of this source')
    .option(
      '--since <time>',
      'only what ended or was seen (dead letters: was sent) at or after this ISO date or time',
    )
    .option(
      '--until <time>',
      'only what ended or was seen (dead letters: was sent) before this ISO date or time',
    )
    .addOption(
      new Option(
        '--from <store>',
        'read from the bucket, or from the kept documents and bytes (default: s3)',
      ).choices(['s3', 'raw']),
    )
    .option('--dead-letters', 'messages in the dead-letter queues of the configured queues')
    .option('--queue-url <url>', 'with --dead-letters: read this queue instead')
    .option('--limit <n>', 'with --dead-letters: replay at most this many messages')
    .option('--dry-run', 'with --dead-letters: only count')
    .addOption(
      new Option('--via <who>', 'replay rejections here, or ask a worker to')
        .choices(['here', 'worker'])
        .default('here'),
    )
    .addHelpText('after', help)
    .action(async (options: ReplayCommandOptions) => {
      if (options.via === 'worker') {
        const { askForReplay } = await import('./ask-for-replay.ts')
        return askForReplay(add.context, options)
      }
      const [{ parseOptions }, { performReplay }] = await Promise.all([
        import('./parse-options.ts'),
        import('./perform-replay.ts'),
      ])
      const { text, exit } = await performReplay(add.context, options, parseOptions(options))
      add.context.stdout.write(`${formatCommands(add.context, text, options)}\n`)
      add.end(exitCodes[exit])
    })
}
