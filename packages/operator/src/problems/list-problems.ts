import type { Overview } from '@aftercall/warehouse/console/overview-types'
import { findProblems } from './find-problems.ts'
import type { Problem, ProblemThresholds } from './problem.ts'
import { wordProblem } from './word-problem.ts'

/** Every problem of the overview in words, the most severe first. */
export function listProblems(overview: Overview, thresholds: ProblemThresholds): Problem[] {
  return findProblems(overview, thresholds).map(wordProblem)
}
