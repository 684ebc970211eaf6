import type { FoundProblem, ProblemSeverity } from './found-problem.ts'

/** What a problem is about. */
export type ProblemTopic =
  | 'migrations'
  | 'workers'
  | 'sources'
  | 'failures'
  | 'rejections'
  | 'partitions'
  | 'drift'
  | 'identity'
  | 'clocks'
  | 'runs'
  | 'retention'
  | 'rollups'
  | 'reads'

/** Something that an operator should know, in words; `doctor` and the console show the same ones. */
export type Problem = {
  /** Its code and values, from which every language has its own words. */
  found: FoundProblem
  severity: ProblemSeverity
  about: ProblemTopic
  /** Empty if it affects all of them. */
  sources: string[]
  what: string
  whatToDo: string
  /** At most ten lines with one detail each, if the sentence cannot hold them. */
  details?: string[]
  /** Can be typed as it is; null if there is none. */
  command: string | null
  /** Section of docs/runbook.md: `rejections-rise`. */
  runbookAnchor: string | null
}

/** The words of a problem, which are added to its severity and topic. */
export type ProblemWords = Omit<Problem, 'found' | 'severity' | 'about'>

export type ProblemThresholds = {
  /** How long a source may be silent at any time of day. */
  quietMinutes: number
}
