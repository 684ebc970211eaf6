import { formatCount } from '@aftercall/operator/format/plural'
import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { unlessPending } from '@aftercall/warehouse/connection/unless-pending'
import {
  type ClockProblem,
  type CollisionProblem,
  readClockProblems,
  readCollisions,
} from '@aftercall/warehouse/ledger/data-problems'
import { DatabaseUnreachableError, withDatabase } from '../with-database.ts'
import type { CheckResult } from './check-result.ts'

/** Ids and times in documents that cannot be right. Nothing where the database is out of reach. */
export async function checkDataProblems(config: DatabaseConfig): Promise<CheckResult[]> {
  try {
    return await withDatabase(config, async ({ db }) => [
      judgeCollisions(await unlessPending(readCollisions(db), [])),
      judgeClocks(await unlessPending(readClockProblems(db), [])),
    ])
  } catch (error) {
    // Of a database out of reach the check of the database tells.
    if (error instanceof DatabaseUnreachableError) return []
    const fix = 'see the checks of the database above'
    return [{ check: 'session ids', level: 'notice', detail: describeError(error), fix }]
  }
}

function judgeCollisions(found: readonly CollisionProblem[]): CheckResult {
  const check = 'session ids'
  if (found.length === 0)
    return { check, level: 'ok', detail: 'no sessions have shared an id in the last seven days' }
  const told = found.map(
    ({ source, sessions, about, example }) =>
      `${source}: ${sessions}${about ? ' or more' : ''} (for example aftercall explain ${example})`,
  )
  return {
    check,
    level: 'problem',
    detail: `ids that different sessions share, of which only the newest is in the tables: ${told.join(', ')}`,
    fix: 'make one source for each platform instance, with a bucket or prefix of its own; the other documents are kept in warehouse.session_collision',
  }
}

function judgeClocks(found: readonly ClockProblem[]): CheckResult {
  const check = 'times in documents'
  if (found.length === 0)
    return { check, level: 'ok', detail: 'all times of the last seven days can be true' }
  const told = found.map(
    ({ source, path, what, documents, example }) =>
      `    ${source} ${path === '*' ? '' : `${path} `}${what} (${formatCount(documents, 'document')}, for example ${example})`,
  )
  return {
    check,
    level: 'notice',
    detail: `times that cannot be true, so that other times order the revisions:\n${told.join('\n')}`,
    fix: 'tell the operators of the platform, or of the job that copies the objects; the next export with a right clock is taken as the newest',
  }
}
