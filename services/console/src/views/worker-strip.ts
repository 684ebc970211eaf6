import { formatDuration, formatSpan } from '@aftercall/operator/format/duration'
import { formatNumber } from '@aftercall/operator/format/number'
import { formatCount } from '@aftercall/operator/format/plural'
import type { QueueState, WorkerState } from '@aftercall/warehouse/console/read-worker-state'
import { html, type View, type Views } from './html.ts'
import { Ago } from './when.ts'

type Props = { workers: WorkerState | null; readAt: Date }

/** The number of workers and the state of their queues, in one line. */
export function WorkerStrip({ workers, readAt }: Props): View | null {
  if (workers === null || (workers.last === null && workers.lambda === null)) return null
  return html`
    <ul class="strip" aria-label="Workers and queues">
      ${workers.last === null ? null : html`<li><strong>Workers</strong> ${formatNumber(workers.alive)}</li>`}
      ${workers.lambda === null ? null : html`<li><strong>Lambda function</strong> ran ${formatRan(workers.lambda.silentSeconds)}</li>`}
      ${workers.queues.map((queue) => html`<${Queue} queue=${queue} isOnly=${workers.queues.length === 1} readAt=${readAt} />`)}
    </ul>
  `
}

function Queue({ queue, isOnly, readAt }: { queue: QueueState; isOnly: boolean; readAt: Date }): View {
  const { name, waiting, inFlight, delayed, oldestSeconds, deadLetters } = queue
  const oldest = oldestSeconds === null ? '' : `, oldest about ${formatDuration(oldestSeconds * 1_000)}`
  const dead = deadLetters === null ? '' : ` · ${formatCount(deadLetters, 'dead letter')}`
  const held = ` · ${formatNumber((inFlight ?? 0) + (delayed ?? 0))} in flight or delayed`
  const isOld = readAt.getTime() - queue.readAt.getTime() > oldMs
  const asOf: Views = isOld
    ? html`<span class="soft">, <${Ago} at=${queue.readAt} now=${readAt} /></span>`
    : null
  return html`
    <li>
      <strong>${isOnly ? 'Queue' : name === 'live' ? 'Live queue' : 'Backfill queue'}</strong>
      ${` ${formatNumber(waiting ?? 0)} waiting${oldest}${held}${dead}`}${asOf}
    </li>
  `
}

function formatRan(silentSeconds: number): string {
  return silentSeconds < 60 ? 'within a minute' : `${formatSpan(Math.floor(silentSeconds / 60))} ago`
}

/** Workers report every ten seconds. */
const oldMs = 60_000
