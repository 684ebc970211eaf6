import type { Database } from '@aftercall/warehouse/database'
import { readObjectStory, readSessionStory } from '@aftercall/warehouse/stories'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, UsageError } from '../cli-context.ts'
import { findDatabase } from '../find-database.ts'
import { tellObject, tellSession } from '../tell-story.ts'
import { withDatabase } from '../with-database.ts'

type Place =
  | { kind: 'object'; bucket: string; key: string }
  | { kind: 'session'; source: string; channel: string; sessionId: string }

/** `aftercall explain s3://BUCKET/KEY | SOURCE/call/ID` */
export function addExplainCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'explain <place>',
    'the story of an object or a session: events, outcomes, revisions, rows, times',
    [
      'aftercall explain s3://acme-session-files/metadata/2026/03/23/call-1418.json',
      'aftercall explain acme/call/1418',
      'aftercall explain acme/chat/135 --json',
    ],
  ).action(async (text: string, options: CommonOptions) => {
    const place = readPlace(text)
    const config = await findDatabase(context, options)
    await withDatabase(config, async ({ db }) => {
      const story = await tell(db, place, options.json === true)
      context.stdout.write(`${story.text}\n`)
      if (!story.found) add.end(exitCodes.failed)
    })
  })
}

function readPlace(text: string): Place {
  const object = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text)
  if (object?.[1] !== undefined && object[2] !== undefined)
    return { kind: 'object', bucket: object[1], key: object[2] }
  const session = /^([a-z][a-z0-9_]{0,31})\/(call|chat)\/(-?\d{1,19})$/.exec(text)
  const [, source, channel, sessionId] = session ?? []
  if (source !== undefined && channel !== undefined && sessionId !== undefined) {
    return { kind: 'session', source, channel, sessionId }
  }
  throw new UsageError(
    `${text} is neither an object (s3://BUCKET/KEY) nor a session (SOURCE/call/ID or SOURCE/chat/ID)`,
  )
}

async function tell(db: Database, place: Place, asJson: boolean): Promise<{ found: boolean; text: string }> {
  if (place.kind === 'object') {
    const story = await readObjectStory(db, place)
    const text = asJson ? JSON.stringify(story ?? null, null, 2) : tellObject(place, story)
    return { found: story !== undefined, text }
  }
  const story = await readSessionStory(db, place)
  const text = asJson ? JSON.stringify(story ?? null, null, 2) : tellSession(place, story)
  return { found: story !== undefined, text }
}
