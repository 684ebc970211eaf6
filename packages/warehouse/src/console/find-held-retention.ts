import type { Overview } from './overview.ts'
import type { Problem } from './problems.ts'

/** What is past its retention stays until a person has looked: the bound is there because nothing brings rows back. */
export function findHeldRetention({ heldRetention }: Overview): Problem[] {
  if (heldRetention === null) return []
  return [
    {
      ...{ severity: 'warning', about: 'retention', sources: [], command: 'aftercall maintain --dry-run' },
      what: `Retention is held back: the last aftercall maintain removed nothing (${heldRetention.code}).`,
      whatToDo: 'Nothing is lost. The command says why, and what to do.',
      runbookAnchor: 'maintenance-removes-nothing',
    },
  ]
}
