import type { Overview } from './overview.ts'
import type { Problem } from './problems.ts'
import { counted } from './tell-amount.ts'

/** Two sessions that share an id: the tables hold only one of them. */
export function findCollidingSessions({ collisions }: Overview): Problem[] {
  return collisions.map(({ source, sessions, about, example }) => ({
    ...{ severity: 'warning', about: 'identity', sources: [source], command: `aftercall explain ${example}` },
    what: `${source}: ${counted(sessions, 'id')}${about ? ' or more' : ''} of the last seven days ${sessions === 1 ? 'is' : 'are'} shared by different sessions. Only the one with the newest revision is in the tables.`,
    whatToDo:
      'Make one source for each platform instance, with a bucket or prefix of its own, then load again. The other documents are kept in warehouse.session_collision.',
    runbookAnchor: 'sessions-share-an-id-or-a-clock-is-wrong',
  }))
}

export function findWrongClocks({ clocks }: Overview): Problem[] {
  if (clocks.length === 0) return []
  const kinds = [...new Set(clocks.map(({ path, what }) => (path === '*' ? what : `${path} ${what}`)))]
  const sources = [...new Set(clocks.map((one) => one.source))].sort()
  return [
    {
      ...{ severity: 'notice', about: 'clocks', sources, command: null },
      what: `${sources.join(', ')}: times that cannot be true, within seven days: ${kinds.join('; ')}.`,
      whatToDo:
        'Other times decide which revision is the newest, and the next export with a right clock is taken. Tell the operators of the platform, or of the job that copies the objects.',
      runbookAnchor: 'sessions-share-an-id-or-a-clock-is-wrong',
    },
  ]
}
