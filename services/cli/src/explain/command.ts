import type { Database } from '@aftercall/warehouse/connection/database'
import { readObjectHistory, readSessionHistory } from '@aftercall/warehouse/ledger/history'
import { type ObjectPlace, readPlace, type SessionPlace } from '../arguments/read-place.ts'
import {
  type AddCommand,
  addCommand,
  type CommonOptions,
  exitCodes,
  findDatabase,
  formatCommands,
} from '../cli-context.ts'
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
      context.stdout.write(`${formatCommands(context, history.text, options)}\n`)
      if (!history.found) add.end(exitCodes.failed)
    })
  })
}

async function readHistory(
  db: Database,
  place: ObjectPlace | SessionPlace,
  asJson: boolean,
): Promise<{ found: boolean; text: string }> {
  if (place.kind === 'object') {
    const history = await readObjectHistory(db, place)
    const text = asJson ? formatJson(history ?? null, 2) : formatObjectHistory(place, history)
    return { found: history !== undefined, text }
  }
  const history = await readSessionHistory(db, place)
  const text = asJson ? formatJson(history ?? null, 2) : formatSessionHistory(place, history)
  return { found: history !== undefined, text }
}
