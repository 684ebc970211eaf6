import { onStopSignals } from '@aftercall/runtime/process/lifecycle'
import { userName } from '@aftercall/runtime/process/user-name'
import type { Database } from '@aftercall/warehouse/connection/database'
import { countPerson } from '@aftercall/warehouse/erasure/count-person'
import {
  type ErasureReport,
  type ErasureRequest,
  erasePerson,
} from '@aftercall/warehouse/erasure/erase-person'
import { type ErasureCounts, readOwnership } from '@aftercall/warehouse/erasure/erasure-record'
import type { Unreadable } from '@aftercall/warehouse/erasure/unreadable'
import { type CliContext, StoppedError } from '../cli-context.ts'
import { NotOwnerError } from './not-owner-error.ts'

export type EraseRequest = Omit<ErasureRequest, 'askedBy' | 'signal' | 'batchSize'> & { isDryRun: boolean }

export type EraseEnd =
  | { kind: 'counted'; counts: ErasureCounts; consumers: number; unreadable: Unreadable[] }
  | { kind: 'erased'; report: ErasureReport }

/** SIGINT and SIGTERM stop it between two batches. */
export async function performErase(
  { signals, exitNow }: CliContext,
  db: Database,
  { isDryRun, ...request }: EraseRequest,
): Promise<EraseEnd> {
  const { isOwner, login } = await readOwnership(db)
  if (!isOwner) throw new NotOwnerError(login)
  if (isDryRun) {
    const { counts, consumers, unreadable } = await countPerson(db, request)
    return { kind: 'counted', counts, consumers, unreadable }
  }
  const stop = new AbortController()
  const stopped = 'stopped; what was erased stays erased. Run the same command again to go on'
  const stopSignals = onStopSignals({
    signals,
    onFirst: () => stop.abort(new StoppedError(stopped)),
    onSecond: exitNow,
  })
  try {
    const report = await erasePerson(db, { ...request, askedBy: userName(), signal: stop.signal })
    return { kind: 'erased', report }
  } finally {
    stopSignals.remove()
  }
}
