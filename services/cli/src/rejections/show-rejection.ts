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
import { createOpener } from '@aftercall/warehouse/sealing/create-opener'
import type { DocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import type { CliContext } from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { formatPlace, type RejectionsAnswer } from './print-rejections.ts'

/** Everything about a rejection except its content. */
export async function showRejection(db: Database, id: string, asJson: boolean): Promise<RejectionsAnswer> {
  const history = await readRejection(db, id)
  if (history === undefined) return { err: formatUnknownRejection(id) }
  const advice = adviceFor(history).map(nextStep)
  return { out: asJson ? formatJson({ ...history, advice }) : formatRejection(history, advice) }
}

/** Writes the kept bytes to stdout; to a terminal, with control characters made visible. */
export async function printContent(
  db: Database,
  id: string,
  { context: { stdout }, keys }: { context: CliContext; keys: DocumentKeys | undefined },
): Promise<RejectionsAnswer> {
  const history = await readRejection(db, id)
  if (history === undefined) return { err: formatUnknownRejection(id) }
  const content = await readRejectionContent(db, id, createOpener(db, keys))
  if (content === null) return { err: `rejection ${id} has no kept bytes: ${formatSize(history)}` }
  stdout.write(stdout.isTTY === true ? `${visibleLines(content.toString('utf8'))}\n` : content)
  const { contentBytes } = history
  const isCut = contentBytes !== null && contentBytes > content.byteLength
  return isCut
    ? { err: `only the first ${content.byteLength} of ${contentBytes} bytes of rejection ${id} are kept` }
    : {}
}

export function formatUnknownRejection(id: string): string {
  return `there is no rejection ${id}; to list rejections: aftercall rejections list`
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
  replayed: 'replayed: the object has since ended with another outcome',
  ignored: 'ignored by an operator (to reopen it: aftercall rejections ignore --undo)',
}

function formatSize({ contentBytes, keptBytes }: RejectionHistory): string {
  if (contentBytes === null) return 'the object was not read'
  if (keptBytes === null) return `${contentBytes}, no longer kept`
  return keptBytes < contentBytes ? `${contentBytes}, the first ${keptBytes} kept` : `${contentBytes}, kept`
}

function formatLedger({ bucket, ledger }: RejectionHistory): string {
  if (bucket === null) return 'no entry: a message that cannot be read names no object'
  if (ledger === null) return 'no record of the object'
  const { outcome, code, settledAt, settleCount, removedAt } = ledger
  const end = code === null ? outcome : `${outcome} (${code})`
  const removed = removedAt === null ? '' : `; removed ${formatTime(removedAt)}`
  const deliveries = formatCount(settleCount, 'delivery', 'deliveries')
  return `${end} since ${formatTime(settledAt)}, after ${deliveries}${removed}`
}
