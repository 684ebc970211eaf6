import type { BucketObject, BucketObjects } from '@aftercall/ingest/reconcile/bucket-objects'
import type { CliContext } from '../cli-context.ts'

export type ReconcileProgress = {
  /** The same pages, counted as they are compared. */
  count(pages: BucketObjects['pages']): BucketObjects['pages']
  stop(): void
}

const redrawMs = 250
const plainLineMs = 5_000

/** How many objects were compared until now: a line that is redrawn in a terminal, else one from time to time. On stderr. */
export function showReconcileProgress({ stderr, env }: CliContext): ReconcileProgress {
  const isLive = stderr.isTTY === true && env.CI === undefined
  const startedAt = performance.now()
  let objects = 0

  function show(): void {
    const seconds = (performance.now() - startedAt) / 1000
    const line = `${objects} objects compared, ${Math.round(objects / Math.max(0.001, seconds))} a second`
    stderr.write(isLive ? `\r\x1b[2K${line}` : `${line}\n`)
  }

  async function* count(pages: BucketObjects['pages']): AsyncGenerator<readonly BucketObject[]> {
    for await (const page of pages) {
      objects += page.length
      yield page
    }
  }

  const timer = setInterval(show, isLive ? redrawMs : plainLineMs)
  return {
    count,
    stop() {
      clearInterval(timer)
      if (!isLive) return
      show()
      stderr.write('\n')
    },
  }
}
