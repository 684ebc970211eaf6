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

/** Ids and times in documents that cannot be right. Empty if the database is unreachable. */
export async function checkDataProblems(config: DatabaseConfig): Promise<CheckResult[]> {
  try {
    return await withDatabase(config, async ({ db }) => [
      judgeCollisions(await unlessPending(readCollisions(db), [])),
      judgeClocks(await unlessPending(readClockProblems(db), [])),
    ])
  } catch (error) {
    // The check of the database reports an unreachable one.
    if (error instanceof DatabaseUnreachableError) return []
    const fix = 'see the checks of the database above'
    return [{ check: 'session ids', level: 'notice', detail: describeError(error), fix }]
  }
}

function judgeCollisions(found: readonly CollisionProblem[]): CheckResult {
  const check = 'session ids'
  if (found.length === 0)
    return { check, level: 'ok', detail: 'no two sessions have shared an id in the last seven days' }
  const collisions = found.map(
    ({ source, sessions, about, example }) =>
      `${source}: ${sessions}${about ? ' or more' : ''} (for example aftercall explain ${example})`,
  )
  return {
    check,
    level: 'problem',
    detail: `different sessions share an id, and only the newest is in the tables: ${collisions.join(', ')}`,
    fix: 'configure one source per platform instance, each with its own bucket or prefix; the other documents are kept in warehouse.session_collision',
  }
}

function judgeClocks(found: readonly ClockProblem[]): CheckResult {
  const check = 'times in documents'
  if (found.length === 0)
    return { check, level: 'ok', detail: 'all times of the last seven days are plausible' }
  const lines = found.map(
    ({ source, path, what, documents, example }) =>
      `    ${source} ${path === '*' ? '' : `${path} `}${what} (${formatCount(documents, 'document')}, for example ${example})`,
  )
  return {
    check,
    level: 'notice',
    detail: `some times cannot be right, so revisions are ordered by other times:\n${lines.join('\n')}`,
    fix: 'report it to the operators of the platform, or of the job that copies the objects; the next export with a correct clock counts as the newest',
  }
}
