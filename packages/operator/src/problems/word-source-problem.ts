import { formatSpan } from '../format/duration.ts'
import { formatCount } from '../format/plural.ts'
import type { SourceProblem } from './found-problem.ts'
import type { ProblemWords } from './problem.ts'

export function wordSourceProblem(found: SourceProblem): ProblemWords {
  const { source } = found
  const common = { sources: [source], command: 'aftercall doctor' }
  switch (found.code) {
    case 'source_empty':
      return {
        ...common,
        runbookAnchor: 'lost-events-and-loading-a-source-again',
        what: `${source}: no object has arrived yet.`,
        whatToDo: `Files that land in ${found.place} appear here. If files have landed, check that the bucket sends notifications.`,
      }
    case 'source_not_announced':
      return {
        ...common,
        runbookAnchor: 'lost-events-and-loading-a-source-again',
        what: `${source}: nothing was announced in 48 hours; all objects were loaded by a backfill, a reconcile, or a command.`,
        whatToDo: `Check that ${found.place} sends notifications, unless it should be loaded only that way.`,
      }
    case 'source_silent': {
      const { minutes, expectedObjects, place } = found
      const expected =
        expectedObjects === null
          ? ''
          : `; in the same time a day ago ${formatCount(expectedObjects, 'object')} arrived`
      return {
        ...common,
        what: `${source}: no data for ${formatSpan(minutes)}${expected}.`,
        whatToDo: `Check that a worker runs, that ${place} still receives files, and that it sends notifications. On a day off there are no files.`,
        runbookAnchor:
          expectedObjects === null ? 'lost-events-and-loading-a-source-again' : 'queue-age-rises',
      }
    }
    case 'objects_failed': {
      const { count, about } = found.objects
      return {
        ...common,
        runbookAnchor: 'dead-letters',
        what: `${source}: ${formatCount(count, 'object')}${about ? ' or more' : ''} failed and ${count === 1 ? 'is' : 'are'} not stored yet.`,
        whatToDo:
          'The queue delivers them again a few times. Repair what aftercall doctor names, then replay the rest: aftercall replay --failed',
      }
    }
  }
}
