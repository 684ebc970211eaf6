/** The options of a backfill as they are stored with its run, so that another process can continue it. */
export type BackfillRequest = {
  /** ISO times. */
  since: string | null
  until: string | null
  datesFrom: 'auto' | 'key' | 'modified'
  order: 'newest' | 'oldest'
  /** The URL of an S3 Inventory's manifest. */
  inventory: string | null
}

/** The options of a stored run. Undefined if another release stored something that this one does not understand. */
export function readRequest(stored: unknown): BackfillRequest | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined
  const { since, until, datesFrom, order, inventory } = stored as Partial<
    Record<keyof BackfillRequest, unknown>
  >
  if (!isTime(since) || !isTime(until) || !isTextOrNull(inventory)) return undefined
  if (datesFrom !== 'auto' && datesFrom !== 'key' && datesFrom !== 'modified') return undefined
  if (order !== 'newest' && order !== 'oldest') return undefined
  return { since, until, datesFrom, order, inventory }
}

function isTime(value: unknown): value is string | null {
  return isTextOrNull(value) && (value === null || !Number.isNaN(Date.parse(value)))
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
