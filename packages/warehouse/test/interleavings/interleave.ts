import { sql } from 'kysely'
import type { Database } from '../../src/connection/database.ts'
import type { Parties, Party } from './parties.ts'

/** A piece of work whose statements are held from the first one that matches. */
export type Work = { name: string; from: RegExp; run(db: Database): Promise<unknown> }

/** The parties, by position, of which each has a statement that waits to be let through; and who is inside a transaction. */
export type Moment = { ready: readonly number[]; inside: readonly number[] }

/** Chooses one of those that are ready. */
export type Choose = (moment: Moment) => number

export type Interleaving = {
  /** Who did what, in order. */
  steps: readonly string[]
  /** How each work ended, by position. */
  ends: readonly PromiseSettledResult<unknown>[]
}

const pollMs = 4

/**
 * Runs the works together, statement by statement, in the order that `choose` says. A statement that waits for a lock stays
 * under way while others go on. `watcher` is a connection of its own.
 */
export async function interleave(
  watcher: Database,
  parties: Parties,
  works: readonly Work[],
  choose: Choose,
): Promise<Interleaving> {
  const own = parties.all.slice(0, works.length)
  const steps: string[] = []
  const hasEnded = works.map(() => false)
  const running = works.map(async (work, position) => {
    const party = partyAt(own, position)
    party.gate.holdFrom(work.from)
    try {
      return await work.run(party.db)
    } finally {
      hasEnded[position] = true
      party.gate.open()
    }
  })
  const settled = Promise.allSettled(running)
  for (;;) {
    const ready = await untilStable(watcher, parties, own, hasEnded)
    if (ready.length === 0) break
    const inside = ready.filter((position) => partyAt(own, position).gate.isInside())
    const chosen = choose({ ready, inside })
    const { gate } = partyAt(own, chosen)
    steps.push(`${works[chosen]?.name} ${chosen + 1}: ${shorten(gate.held() ?? '')}`)
    gate.letThrough()
  }
  return { steps, ends: await settled }
}

function partyAt(parties: readonly Party[], position: number): Party {
  const party = parties[position]
  if (party === undefined) throw new RangeError(`there is no party ${position}`)
  return party
}

function shorten(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ').trim().slice(0, 90)
}

/**
 * Waits until each party has ended, has a statement at its gate, or waits for a lock. If all that go on wait for a lock,
 * Postgres ends that by itself. Returns the parties with a statement at the gate; none once all have ended.
 */
async function untilStable(
  watcher: Database,
  parties: Parties,
  own: readonly Party[],
  hasEnded: readonly boolean[],
): Promise<number[]> {
  for (;;) {
    const positions = own.map((_, position) => position).filter((position) => hasEnded[position] !== true)
    if (positions.length === 0) return []
    const ready = positions.filter((position) => partyAt(own, position).gate.held() !== undefined)
    const others = positions.filter((position) => !ready.includes(position))
    if (others.length === 0) return ready
    const processes = others.map((position) => partyAt(own, position).gate.workingProcess())
    const known = processes.filter((process) => process !== undefined)
    if (ready.length > 0 && known.length === others.length && (await allWait(watcher, known))) return ready
    await parties.changed(pollMs)
  }
}

/** Those that lock partitions give up a lock soon, and sleep before they try again. */
async function allWait(watcher: Database, processes: readonly number[]): Promise<boolean> {
  const answer = await sql<{ waiting: number }>`
    select count(*)::integer as waiting from unnest(${[...processes]}::integer[]) as own (pid)
    where exists (select from pg_locks lock where lock.pid = own.pid and not lock.granted)
      or exists (select from pg_stat_activity a where a.pid = own.pid and a.wait_event = 'PgSleep')
  `.execute(watcher)
  return answer.rows[0]?.waiting === processes.length
}
