import type { FoundProblem } from './found-problem.ts'
import type { Problem, ProblemTopic, ProblemWords } from './problem.ts'
import { wordDataProblem } from './word-data-problem.ts'
import { wordDatabaseProblem } from './word-database-problem.ts'
import { wordRunProblem } from './word-run-problem.ts'
import { wordSourceProblem } from './word-source-problem.ts'
import { wordWorkerProblem } from './word-worker-problem.ts'

/** Puts a problem into words; the words are in the files `word-*-problem.ts`. */
export function wordProblem(found: FoundProblem): Problem {
  return { found, severity: found.severity, about: topicOf[found.code], ...wordsOf(found) }
}

const topicOf: Record<FoundProblem['code'], ProblemTopic> = {
  no_worker_known: 'workers',
  no_worker_running: 'workers',
  no_worker_receiving: 'workers',
  workers_lost: 'workers',
  queue_late: 'workers',
  dead_letters: 'workers',
  source_empty: 'sources',
  source_not_announced: 'sources',
  source_silent: 'sources',
  objects_failed: 'failures',
  rejections_open: 'rejections',
  ids_shared: 'identity',
  times_impossible: 'clocks',
  drift_new: 'drift',
  migrations_pending: 'migrations',
  retention_held: 'retention',
  rows_in_default_partition: 'partitions',
  sessions_outside_months: 'partitions',
  months_missing: 'partitions',
  rollups_late: 'rollups',
  rollups_differ: 'rollups',
  reads_too_slow: 'reads',
  backfill_paused: 'runs',
  reconcile_failed: 'runs',
}

function wordsOf(found: FoundProblem): ProblemWords {
  switch (found.code) {
    case 'no_worker_known':
    case 'no_worker_running':
    case 'no_worker_receiving':
    case 'workers_lost':
    case 'queue_late':
    case 'dead_letters':
      return wordWorkerProblem(found)
    case 'source_empty':
    case 'source_not_announced':
    case 'source_silent':
    case 'objects_failed':
      return wordSourceProblem(found)
    case 'rejections_open':
    case 'ids_shared':
    case 'times_impossible':
    case 'drift_new':
      return wordDataProblem(found)
    case 'migrations_pending':
    case 'retention_held':
    case 'rows_in_default_partition':
    case 'sessions_outside_months':
    case 'months_missing':
    case 'rollups_late':
    case 'rollups_differ':
    case 'reads_too_slow':
      return wordDatabaseProblem(found)
    case 'backfill_paused':
    case 'reconcile_failed':
      return wordRunProblem(found)
  }
}
