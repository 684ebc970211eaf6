import { openStatementGate, type StatementGate } from '@aftercall/testkit/statement-gate'
import type { Database } from '../../src/connection/database.ts'
import { openDatabase } from '../../src/connection/database.ts'

/** Someone who works on the database by way of a gate. */
export type Party = { db: Database; gate: StatementGate }

export type Parties = {
  all: readonly Party[]
  /** Resolves when anything has changed at a gate since the last call, or after this long. */
  changed(msMax: number): Promise<void>
  close(): Promise<void>
}

export async function openParties(url: string, count: number): Promise<Parties> {
  let hasChanged = false
  let wake: (() => void) | undefined
  const onChange = (): void => {
    hasChanged = true
    wake?.()
  }
  const opened = await Promise.all(
    Array.from({ length: count }, async (_, position) => {
      const gate = await openStatementGate(url, onChange)
      const handle = openDatabase({
        url: gate.through(url),
        // The gate holds the statements of one connection.
        poolMax: 1,
        applicationName: `aftercall-party-${position}`,
        statementTimeoutSeconds: 60,
        onIdleError: () => {},
      })
      return { db: handle.db, gate, handle }
    }),
  )
  return {
    all: opened,
    changed: async (msMax) => {
      if (!hasChanged) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, msMax)
        })
        clearTimeout(timer)
        wake = undefined
      }
      hasChanged = false
    },
    close: async () => {
      for (const { gate } of opened) gate.open()
      await Promise.all(opened.map(({ handle }) => handle.close()))
      await Promise.all(opened.map(({ gate }) => gate.close()))
    },
  }
}
