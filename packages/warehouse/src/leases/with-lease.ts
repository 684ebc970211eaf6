import { randomUUID } from 'node:crypto'
import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { processIdentity, stateOfProcess } from '@aftercall/runtime/process/process-identity'
import type { Database } from '../connection/database.ts'
import {
  dropOldLeases,
  type LeaseAnswer,
  type LeaseClaim,
  type LeaseHolder,
  type LeaseTable,
  readLease,
  releaseLease,
  renewLease,
  takeLease,
} from './leases.ts'

export type LeaseTerms = {
  /** After this time without a renewal, another process can acquire the lease. */
  lengthMs: number
  renewEveryMs: number
}

export const leaseTerms: LeaseTerms = { lengthMs: 30_000, renewEveryMs: 10_000 }

export type LeaseRequest = {
  /** Default: that of loaders. */
  table?: LeaseTable
  name: string
  /** Machine and process, for people to read. */
  host: string
  terms?: LeaseTerms | undefined
}

export type Lease = {
  /** Aborted with a `LeaseLostError` when another process has acquired the lease. */
  signal: AbortSignal
  /**
   * Await it before writing each unit of work. Resolves at once while the lease is held. When its time is over (the event
   * loop was blocked, the database was away), it is renewed first: the work continues if no other process has acquired
   * it. Rejects with `LeaseLostError`, or with the driver's error while the database is away.
   */
  confirm(): Promise<void>
}

export type LeaseEnd<Answer> = { kind: 'done'; answer: Answer } | { kind: 'held'; by: LeaseHolder }

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
  readonly code = 'lease_lost'
  readonly retryable = true
  constructor(name: string, by: LeaseHolder | undefined) {
    const why = by === undefined ? 'it is no longer in the database' : `${by.host} has taken it`
    super(
      `the lease "${name}" was not renewed in time, and ${why}; this process stops its work, and nothing is lost`,
    )
  }
}

/**
 * Does the work unless another process does it. Meanwhile renews the lease in short transactions, so that none stays
 * open, and releases it at the end. Only a loader can acquire it, or a publisher in its own table (ADR 27).
 *
 * A process whose event loop is blocked for longer than the lease may finish the unit that it is writing while another
 * process begins. That loses and doubles nothing, because the work is idempotent: the revision order guards the rows, and
 * positions and the ledger only make the work shorter. Long work calls `confirm` before each unit.
 */
export async function withLease<Answer>(
  db: Database,
  { table = 'ingest.lease', name, host, terms = leaseTerms }: LeaseRequest,
  work: (lease: Lease) => Promise<Answer>,
): Promise<LeaseEnd<Answer>> {
  const claim = {
    table,
    name,
    host,
    holder: `${randomUUID()} ${processIdentity()}`,
    lengthMs: terms.lengthMs,
  }
  const askedAtMs = performance.now()
  const answer = await claimLease(db, claim)
  if (answer.kind === 'held') return answer
  const { lease, endLease } = keepLease(db, claim, { terms, askedAtMs })
  try {
    return { kind: 'done', answer: await work(lease) }
  } finally {
    await endLease()
  }
}

/** Whether the process that holds a lease still runs, as far as we can know. */
export function holderState({ holder }: Pick<LeaseHolder, 'holder'>) {
  return stateOfProcess(holder.slice(holder.indexOf(' ') + 1))
}

/** A dead process of this machine will not renew its lease, so there is no need to wait for it. */
async function claimLease(db: Database, claim: LeaseClaim): Promise<LeaseAnswer> {
  const answer = await takeLease(db, claim)
  if (answer.kind === 'granted' || holderState(answer.by) !== 'gone') return answer
  await releaseLease(db, { ...claim, holder: answer.by.holder })
  return takeLease(db, claim)
}

function keepLease(
  db: Database,
  claim: LeaseClaim,
  { terms, askedAtMs }: { terms: LeaseTerms; askedAtMs: number },
): { lease: Lease; endLease(): Promise<void> } {
  const lost = new AbortController()
  const ending = new AbortController()
  /** By the monotonic clock, and never later than the time in the database. */
  let heldUntilMs = askedAtMs + terms.lengthMs
  let renewing: Promise<void> | undefined

  async function renewOnce(): Promise<void> {
    const sentAtMs = performance.now()
    if (await renewLease(db, claim)) {
      heldUntilMs = sentAtMs + terms.lengthMs
      return
    }
    const by = await readLease(db, claim.name, claim.table).catch(() => undefined)
    lost.abort(new LeaseLostError(claim.name, by))
  }

  function renew(): Promise<void> {
    renewing ??= renewOnce().finally(() => {
      renewing = undefined
    })
    return renewing
  }

  async function renewAgainAndAgain(): Promise<void> {
    const isOver = AbortSignal.any([lost.signal, ending.signal])
    while (!isOver.aborted) {
      await abortableWait(terms.renewEveryMs, isOver)
        .then(renew)
        .catch(() => {
          // Over, or the database is away: the next renewal comes soon, and nothing is written without `confirm`.
        })
    }
  }

  const renewals = renewAgainAndAgain()
  return {
    lease: {
      signal: lost.signal,
      async confirm() {
        lost.signal.throwIfAborted()
        if (performance.now() < heldUntilMs) return
        await renew()
        lost.signal.throwIfAborted()
      },
    },
    async endLease() {
      ending.abort()
      await renewals
      await releaseLease(db, claim)
        .then(() => dropOldLeases(db, claim.table))
        .catch(() => {
          // The database is away: the lease expires.
        })
    },
  }
}
