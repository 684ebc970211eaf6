import type { DimensionName } from '@aftercall/metadata/dimensions/seen'
import type { Database } from '../connection/database.ts'
import type { Erasures } from '../erasure/erasures.ts'
import type { SessionToStore } from '../load/session-to-store.ts'
import { type DimensionMemory, noteSeen, type ToWrite } from './dimension-memory.ts'
import { writeDimension } from './write-dimension.ts'

/** Keeps `warehouse.agent`, `queue` and `virtual_agent`. One for a process, which remembers what is stored already. */
export type Dimensions = {
  /** Resolves once every agent, queue and virtual agent of these sessions has its row. */
  ensure(
    db: Database,
    sessions: readonly SessionToStore[],
    erasures: Pick<Erasures, 'digestOf'>,
  ): Promise<void>
}

const names: readonly DimensionName[] = ['agent', 'queue', 'virtual_agent']

/**
 * The rows are written before the transaction of the facts, each table in a statement of its own, and only those that this
 * process does not know or that have changed: loaders never wait for each other's facts because of them, and almost never for
 * each other. Two that meet the same agent at once get one row, and so one key.
 */
export function createDimensions(): Dimensions {
  const memories = new Map(names.map((name): [DimensionName, DimensionMemory] => [name, new Map()]))
  return {
    async ensure(db, sessions, erasures) {
      await Promise.all(
        [...memories].map(async ([name, memory]) => {
          const rows: ToWrite[] = noteSeen(name, memory, sessions)
          if (rows.length === 0) return
          await writeDimension(db, name, rows, erasures)
          for (const { key, known } of rows) memory.set(key, known)
        }),
      )
    },
  }
}
