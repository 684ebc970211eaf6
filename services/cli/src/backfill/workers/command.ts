import type { AddCommand } from '../../cli-context.ts'
import { workerCommand } from './worker-messages.ts'

/** A process of `aftercall backfill --workers`, which starts it with a channel. Not in the help: it is of no use alone. */
export function addBackfillWorkerCommand({ program, context }: AddCommand): void {
  program.command(workerCommand, { hidden: true }).action(async () => {
    const { performWorker } = await import('./perform-worker.ts')
    await performWorker(context)
  })
}
