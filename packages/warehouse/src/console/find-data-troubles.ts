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
        'The newest revision is found by other times, and the next export by a right clock wins. Tell whoever runs the platform or copies the objects.',
      runbookAnchor: 'sessions-share-an-id-or-a-clock-is-wrong',
    },
  ]
}
