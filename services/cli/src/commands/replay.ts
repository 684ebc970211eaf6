import { Option } from 'commander'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { readSession } from '../read-place.ts'
import { withDatabase } from '../with-database.ts'

type Options = CommonOptions & { from: 'raw'; session?: string; since?: string }

/** `aftercall replay --from raw [--session S/call/ID] [--since D]` */
export function addReplayCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'replay',
    'map stored sessions again from their kept documents, after the mapping has changed',
    [
      'aftercall replay --from raw',
      'aftercall replay --from raw --session acme/call/1418',
      'aftercall replay --from raw --since 2026-03-01',
    ],
  )
    .addOption(
      new Option('--from <store>', 'where the documents come from').choices(['raw']).makeOptionMandatory(),
    )
    .option('--session <session>', 'only this one: SOURCE/call/ID or SOURCE/chat/ID')
    .option('--since <time>', 'only sessions that were stored since this ISO date or time')
    .action(async (options: Options) => {
      const config = await requireConfig(context, options, ['database', 'sources'])
      const session = options.session === undefined ? undefined : readSession(options.session)
      const since = options.since === undefined ? undefined : readSince(options.since)
      const { replayRaw } = await import('../replay-raw.ts')
      await withDatabase(config.database, async (database) => {
        const report = await replayRaw(context, { config, database, session, since })
        context.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : `${tell(report)}\n`)
        if (report.withoutDocument + report.rejected + report.failed > 0) add.end(exitCodes.doneInPart)
      })
    })
}

type Report = { sessions: number; mapped: number; withoutDocument: number; rejected: number; failed: number }

function tell({ sessions, mapped, withoutDocument, rejected, failed }: Report): string {
  if (sessions === 0)
    return 'nothing to do: every session that was meant is mapped by the rules of this release'
  return [
    `${mapped} of ${sessions} sessions mapped again`,
    ...(withoutDocument === 0
      ? []
      : [`${withoutDocument} have no kept document (raw: none): load their objects again`]),
    ...(rejected === 0 ? [] : [`${rejected} cannot be mapped any more: their rows stay as they are`]),
    ...(failed === 0 ? [] : [`${failed} were not taken by the database: run it again`]),
  ].join('\n')
}

function readSince(text: string): Date {
  const since = new Date(text)
  if (Number.isNaN(since.getTime())) throw new UsageError(`--since must be an ISO date or time, not ${text}`)
  return since
}
