import type { Database } from '@aftercall/warehouse/connection/database'
import { readObjectHistory, readSessionHistory } from '@aftercall/warehouse/ledger/history'
import { findSourceByName } from '../arguments/find-source-by-name.ts'
import { type ObjectPlace, readPlace, type SessionPlace } from '../arguments/read-place.ts'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  findDatabase,
  formatCommands,
  requireConfig,
  UsageError,
} from '../cli-context.ts'
import { camelKeys } from '../terminal/camel-keys.ts'
import { formatJson } from '../terminal/format-json.ts'
import { withDatabase } from '../with-database.ts'
import { formatObjectHistory, formatSessionHistory } from './print-history.ts'

/** `aftercall explain s3://BUCKET/KEY | SOURCE/call/ID` */
export function addExplainCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'explain <place>',
    'show the history of an object or a session: events, outcomes, revisions, rows, times',
    [
      'aftercall explain s3://acme-session-files/metadata/2026/03/23/call-1418.json',
      'aftercall explain acme/call/1418',
      'aftercall explain acme/chat/135 --json',
    ],
  ).action(async (text: string, options: CommonOptions) => {
    const place = readPlace(text)
    const config = await findDatabase(context, options)
    await withDatabase(config, async ({ db }) => {
      const history = await readHistory(db, place, options.json === true)
      if (!history.found && place.kind === 'session' && options.json !== true)
        await requireKnownSource(context, options, place.source)
      context.stdout.write(`${formatCommands(context, history.text, options)}\n`)
      if (!history.found) add.end(exitCodes.failed)
    })
  })
}

/** Without a whole configuration, the sources are unknown: the history is then just not found. */
async function requireKnownSource(context: CliContext, options: CommonOptions, name: string): Promise<void> {
  const config = await requireConfig(context, options, ['sources']).catch((error: unknown) => {
    if (error instanceof UsageError) return undefined
    throw error
  })
  if (config !== undefined) findSourceByName(config.sources, name)
}

async function readHistory(
  db: Database,
  place: ObjectPlace | SessionPlace,
  asJson: boolean,
): Promise<{ found: boolean; text: string }> {
  if (place.kind === 'object') {
    const history = await readObjectHistory(db, place)
    const text = asJson ? formatJson(camelKeys(history ?? null), 2) : formatObjectHistory(place, history)
    return { found: history !== undefined, text }
  }
  const history = await readSessionHistory(db, place)
  const text = asJson ? formatJson(camelKeys(history ?? null), 2) : formatSessionHistory(place, history)
  return { found: history !== undefined, text }
}
