import { sqlStateOf } from './error-class.ts'

/** `in_failed_sql_transaction`: a statement behind the one that failed. */
const followingState = '25P02'

/**
 * Waits for statements of one transaction that were sent without waiting for each other. If one fails, the server refuses
 * those behind it: of several failures, throws the one that the others follow from.
 */
export async function allSent(sent: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(sent)
  const failures = ends.filter((end) => end.status === 'rejected').map(({ reason }): unknown => reason)
  if (failures.length === 0) return
  throw failures.find((failure) => sqlStateOf(failure) !== followingState) ?? failures[0]
}
