import type { OverviewPart } from '@aftercall/warehouse/console/overview-types'
import { formatNumber } from '../format/number.ts'
import { formatCount } from '../format/plural.ts'
import type { DatabaseProblem } from './found-problem.ts'
import type { ProblemWords } from './problem.ts'

export function wordDatabaseProblem(found: DatabaseProblem): ProblemWords {
  switch (found.code) {
    case 'migrations_pending':
      return {
        sources: [],
        command: 'aftercall migrate',
        what: `${formatCount(found.migrations, 'migration is', 'migrations are')} pending.`,
        whatToDo: 'Apply them. Until then workers of this release receive no messages.',
        runbookAnchor: 'a-migration-fails-or-waits',
      }
    case 'retention_held':
      return {
        sources: [],
        command: 'aftercall maintain --dry-run',
        what: `Retention is held back: the last aftercall maintain removed nothing (${found.haltCode}).`,
        whatToDo: 'Nothing is lost. The command says why, and what to do.',
        runbookAnchor: 'maintenance-removes-nothing',
      }
    case 'rows_in_default_partition':
      return wordWaitingRows(found)
    case 'sessions_outside_months': {
      const { count, about } = found.sessions
      return {
        sources: [],
        command: 'aftercall doctor',
        what: `${formatCount(count, 'session')}${about ? ' or more' : ''} ${count === 1 ? 'has' : 'have'} a created_at outside the months that have partitions.`,
        whatToDo:
          'They are kept in the default partition. aftercall doctor names the months; if the times are correct, raise months.yearsBack.',
        runbookAnchor: 'a-default-partition-grows',
      }
    }
    case 'months_missing':
      return {
        sources: [],
        command: 'aftercall maintain',
        what: `${found.months.join(' and ')} ${found.months.length === 1 ? 'has' : 'have'} no partitions yet.`,
        whatToDo: 'Create them ahead. Otherwise the first worker that needs them does, and waits for a lock.',
        runbookAnchor: 'a-default-partition-grows',
      }
    case 'rollups_late':
      return {
        sources: [],
        command: 'aftercall rollup',
        what: `The counts by day and hour lack changes of ${formatCount(found.minutes, 'minute')} ago; ${formatCount(found.hours, 'hour waits', 'hours wait')}.`,
        whatToDo:
          'Nothing is lost. After a bulk load, wait; otherwise see that a worker runs, or make them now.',
        runbookAnchor: 'rollups-are-late-or-differ',
      }
    case 'rollups_differ':
      return {
        sources: [],
        command: `aftercall rollup --rebuild --check --from ${found.day}`,
        what: `${formatCount(found.rows, 'row')} of the counts by day and hour of ${found.day} ${found.rows === 1 ? 'differs' : 'differ'} from the sessions.`,
        whatToDo:
          'The sessions are right. Make the counts of the day again, and find out what has changed rows by hand.',
        runbookAnchor: 'rollups-are-late-or-differ',
      }
    case 'reads_too_slow':
      return {
        sources: [],
        command: null,
        what: `These reads took too long: ${found.parts.map((part) => partNames[part]).join(', ')}.`,
        whatToDo:
          'They are left out here. A bulk load or a busy server is the usual reason; otherwise find out what slows the database down.',
        runbookAnchor: 'queue-age-rises',
      }
  }
}

function wordWaitingRows({ tables }: DatabaseProblem & { code: 'rows_in_default_partition' }): ProblemWords {
  const rows = tables.reduce((sum, one) => sum + one.rows.count, 0)
  const orMore = tables.some((one) => one.rows.about) ? ' or more' : ''
  return {
    sources: [],
    command: 'aftercall maintain',
    what: `${formatCount(rows, 'row')}${orMore} in ${formatCount(tables.length, 'table')} ${rows === 1 ? 'waits' : 'wait'} in a default partition: their month had no partition when they arrived.`,
    details: tables.map(
      ({ table, rows: { count, about } }) => `${table}: ${about ? 'at least ' : ''}${formatNumber(count)}`,
    ),
    whatToDo: 'Move them to partitions of their own. Until then queries are correct, but slower.',
    runbookAnchor: 'a-default-partition-grows',
  }
}

const partNames: Record<OverviewPart, string> = {
  activity: 'objects of the last 48 hours',
  sessions: 'stored sessions',
  failing: 'failed objects',
  rejections: 'open rejections',
  partitions: 'partitions',
  drift: 'schema drift',
  collisions: 'sessions that share an id',
  runs: 'runs',
  retention: 'maintenance',
  workers: 'reports of workers',
  rollups: 'state of the rollups',
}
