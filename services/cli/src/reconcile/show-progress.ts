import type { BucketObject, BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import type { CliContext } from '../cli-context.ts'
import { redrawLine } from '../terminal/redraw-line.ts'

export type ReconcileProgress = {
  /** Passes the pages through and counts their objects. */
  count(pages: BucketObjects['pages']): BucketObjects['pages']
  stop(): Promise<void>
}

/** Shows how many objects have been compared so far. */
export function showReconcileProgress(context: CliContext): ReconcileProgress {
  const startedAt = performance.now()
  let objects = 0

  function say(): string {
    const seconds = (performance.now() - startedAt) / 1000
    return `${objects} objects compared, ${Math.round(objects / Math.max(0.001, seconds))}/s`
  }

  async function* count(pages: BucketObjects['pages']): AsyncGenerator<readonly BucketObject[]> {
    for await (const page of pages) {
      objects += page.length
      yield page
    }
  }

  return { count, stop: redrawLine(context, { say, atEnd: 'line-in-terminal' }).stop }
}
