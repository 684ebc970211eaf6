import type { RunProblem } from './found-problem.ts'
import type { ProblemWords } from './problem.ts'

export function wordRunProblem(found: RunProblem): ProblemWords {
  const { source } = found
  switch (found.code) {
    case 'backfill_paused':
      return {
        sources: [source],
        command: `aftercall backfill --resume ${found.runId}`,
        what: `${source}: backfill ${found.runId} is not done, and no process works on it.`,
        whatToDo: 'Resume it on any machine: it continues where it stopped.',
        runbookAnchor: 'a-backfill-is-stuck',
      }
    case 'reconcile_failed':
      return {
        sources: [source],
        command: `aftercall reconcile --source ${source}`,
        what: `${source}: the last reconcile failed: ${found.error ?? 'the reason is unknown'}`,
        whatToDo: 'Run it again: it says what stopped it.',
        runbookAnchor: 'lost-events-and-loading-a-source-again',
      }
  }
}
