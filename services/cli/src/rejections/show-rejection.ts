import { type AdviceStep, adviceFor } from '@aftercall/operator/advice-for'
import { formatCount, formatTimes } from '@aftercall/operator/format/plural'
import { formatTime } from '@aftercall/operator/format/time'
import { visibleLines, visibleText } from '@aftercall/runtime/text/visible-text'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  type RejectionHistory,
  readRejection,
  readRejectionContent,
} from '@aftercall/warehouse/ledger/read-rejections'
import type { CliContext } from '../cli-context.ts'
import { printJson } from '../terminal/print-json.ts'
import { formatPlace } from './print-rejections.ts'
import type { RejectionsAnswer } from './rejections-answer.ts'

/** All there is to tell of one rejection but its content. */
export async function showRejection(db: Database, id: string, asJson: boolean): Promise<RejectionsAnswer> {
  const history = await readRejection(db, id)
  if (history === undefined) return { err: notThere(id) }
  const advice = adviceFor(history).map(nextStep)
  return { out: asJson ? printJson({ ...history, advice }) : formatRejection(history, advice) }
}

/** The kept bytes to stdout: as they came, but to a terminal in a form that cannot steer it. */
export async function printContent(
  db: Database,
  id: string,
  { stdout }: CliContext,
): Promise<RejectionsAnswer> {
  const history = await readRejection(db, id)
  if (history === undefined) return { err: notThere(id) }
  const content = await readRejectionContent(db, id)
  if (content === null) return { err: `nothing is kept of rejection ${id}: ${formatSize(history)}` }
  stdout.write(stdout.isTTY === true ? `${visibleLines(content.toString('utf8'))}\n` : content)
  const { contentBytes } = history
  const isCut = contentBytes !== null && contentBytes > content.byteLength
  return isCut
    ? { err: `only the first ${content.byteLength} of ${contentBytes} bytes of rejection ${id} are kept` }
    : {}
}

export function notThere(id: string): string {
  return `there is no rejection ${id}; aftercall rejections list shows those there are`
}

function formatRejection(history: RejectionHistory, advice: readonly string[]): string {
  const { id, code, detail, state, source, firstSeenAt, lastSeenAt, seenCount, versionId } = history
  const lines: [label: string, text: string][] = [
    ['reason', `${code}: ${detail}`],
    ['state', meaningOf[state]],
    ['seen', `${formatTimes(seenCount)}, first ${formatTime(firstSeenAt)}, last ${formatTime(lastSeenAt)}`],
    ['source', source ?? 'none'],
    ...(versionId === null ? [] : [['version', versionId] satisfies [string, string]]),
    ['bytes', formatSize(history)],
    ['ledger', formatLedger(history)],
    ...advice.map((text, index): [string, string] => [index === 0 ? 'what to do' : '', text]),
  ]
  return [
    `Rejection ${id}: ${formatPlace(history)}`,
    ...lines.map(([label, text]) => `  ${label.padEnd(10)} ${visibleText(text)}`),
  ].join('\n')
}

function nextStep({ say, command }: AdviceStep): string {
  return command === undefined ? say : `${say}: ${command}`
}

const meaningOf: Record<RejectionHistory['state'], string> = {
  open: 'open',
  replayed: 'replayed: what is there now has ended otherwise',
  ignored: 'ignored: it was put aside by hand (aftercall rejections ignore --undo takes that back)',
}

function formatSize({ contentBytes, keptBytes }: RejectionHistory): string {
  if (contentBytes === null) return 'the object was not read'
  if (keptBytes === null) return `${contentBytes}, no longer kept`
  return keptBytes < contentBytes ? `${contentBytes}, the first ${keptBytes} kept` : `${contentBytes}, kept`
}

function formatLedger({ bucket, ledger }: RejectionHistory): string {
  if (bucket === null) return 'none: a message names no object until it can be read'
  if (ledger === null) return 'nothing is known of the object'
  const { outcome, code, settledAt, settleCount, removedAt } = ledger
  const end = code === null ? outcome : `${outcome} (${code})`
  const removed = removedAt === null ? '' : `; removed ${formatTime(removedAt)}`
  const deliveries = formatCount(settleCount, 'delivery', 'deliveries')
  return `${end} since ${formatTime(settledAt)}, after ${deliveries}${removed}`
}
