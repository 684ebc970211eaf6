import type { QueueState, WorkerState } from '@aftercall/warehouse/console/read-worker-state'
import { useTexts } from '../texts/texts-of.ts'
import { html, type View, type Views } from './html.ts'
import { Ago } from './when.ts'

type Props = { workers: WorkerState | null; readAt: Date }

/** The number of workers and the state of their queues, in one line. */
export function WorkerStrip({ workers, readAt }: Props): View | null {
  const { workers: words, formats } = useTexts()
  if (workers === null || (workers.last === null && workers.lambda === null)) return null
  return html`
    <ul class="strip" aria-label=${words.label}>
      ${workers.last === null ? null : html`<li><strong>${words.workers}</strong> ${formats.number(workers.alive)}</li>`}
      ${workers.lambda === null ? null : html`<li><strong>${words.lambda}</strong> ${words.ran(workers.lambda.silentSeconds)}</li>`}
      ${workers.queues.map((queue) => html`<${Queue} queue=${queue} isOnly=${workers.queues.length === 1} readAt=${readAt} />`)}
    </ul>
  `
}

function Queue({ queue, isOnly, readAt }: { queue: QueueState; isOnly: boolean; readAt: Date }): View {
  const { workers: words, formats } = useTexts()
  const isOld = readAt.getTime() - queue.readAt.getTime() > oldMs
  const asOf: Views = isOld
    ? html`<span class="soft">${formats.clause}<${Ago} at=${queue.readAt} now=${readAt} /></span>`
    : null
  return html`
    <li>
      <strong>${words.queue(queue.name, isOnly)}</strong>
      ${` ${words.state(queue)}`}${asOf}
    </li>
  `
}

/** Workers report every ten seconds. */
const oldMs = 60_000
