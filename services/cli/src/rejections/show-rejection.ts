import { type AdviceStep, adviceFor } from '@aftercall/ingest/advice-for'
import { visibleLines, visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type RejectionStory,
  readRejection,
  readRejectionContent,
} from '@aftercall/warehouse/ledger/read-rejections'
import type { CliContext } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { tellPlace, tellTime } from './print-rejections.ts'
import type { RejectionsAnswer } from './rejections-answer.ts'

/** All there is to tell of one rejection but its content. */
export async function showRejection(db: Database, id: string, asJson: boolean): Promise<RejectionsAnswer> {
  const story = await readRejection(db, id)
  if (story === undefined) return { err: notThere(id) }
  const advice = adviceFor(story).map(tellStep)
  return { out: asJson ? printJson({ ...story, advice }) : tellRejection(story, advice) }
}

/** The kept bytes to stdout: as they came, but to a terminal in a form that cannot steer it. */
export async function printContent(
  db: Database,
  id: string,
  { stdout }: CliContext,
): Promise<RejectionsAnswer> {
  const story = await readRejection(db, id)
  if (story === undefined) return { err: notThere(id) }
  const content = await readRejectionContent(db, id)
  if (content === null) return { err: `nothing is kept of rejection ${id}: ${tellBytes(story)}` }
  stdout.write(stdout.isTTY === true ? `${visibleLines(content.toString('utf8'))}\n` : content)
  const { contentBytes } = story
  const isCut = contentBytes !== null && contentBytes > content.byteLength
  return isCut
    ? { err: `only the first ${content.byteLength} of ${contentBytes} bytes of rejection ${id} are kept` }
    : {}
}

export function notThere(id: string): string {
  return `there is no rejection ${id}; aftercall rejections list shows those there are`
}

function tellRejection(story: RejectionStory, advice: readonly string[]): string {
  const { id, code, detail, state, source, firstSeenAt, lastSeenAt, seenCount, versionId } = story
  const times = seenCount === 1 ? 'once' : `${seenCount} times`
  const lines: [label: string, text: string][] = [
    ['reason', `${code}: ${detail}`],
    ['state', meaningOf[state]],
    ['seen', `${times}, first ${tellTime(firstSeenAt)}, last ${tellTime(lastSeenAt)}`],
    ['source', source ?? 'none'],
    ...(versionId === null ? [] : [['version', versionId] satisfies [string, string]]),
    ['bytes', tellBytes(story)],
    ['ledger', tellLedger(story)],
    ...advice.map((text, index): [string, string] => [index === 0 ? 'what to do' : '', text]),
  ]
  return [
    `Rejection ${id}: ${tellPlace(story)}`,
    ...lines.map(([label, text]) => `  ${label.padEnd(10)} ${visibleText(text)}`),
  ].join('\n')
}

function tellStep({ say, command }: AdviceStep): string {
  return command === undefined ? say : `${say}: ${command}`
}

const meaningOf: Record<RejectionStory['state'], string> = {
  open: 'open',
  replayed: 'replayed: what is there now has ended otherwise',
  ignored: 'ignored: it was put aside by hand (aftercall rejections ignore --undo takes that back)',
}

function tellBytes({ contentBytes, keptBytes }: RejectionStory): string {
  if (contentBytes === null) return 'the object was not read'
  if (keptBytes === null) return `${contentBytes}, no longer kept`
  return keptBytes < contentBytes ? `${contentBytes}, the first ${keptBytes} kept` : `${contentBytes}, kept`
}

function tellLedger({ bucket, ledger }: RejectionStory): string {
  if (bucket === null) return 'none: a message names no object until it can be read'
  if (ledger === null) return 'nothing is known of the object'
  const { outcome, code, settledAt, settleCount, removedAt } = ledger
  const end = code === null ? outcome : `${outcome} (${code})`
  const removed = removedAt === null ? '' : `; removed ${tellTime(removedAt)}`
  const deliveries = settleCount === 1 ? '1 delivery' : `${settleCount} deliveries`
  return `${end} since ${tellTime(settledAt)}, after ${deliveries}${removed}`
}
