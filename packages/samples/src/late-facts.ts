import { type Random, unit } from './random.ts'

/** The share of facts that arrive after the second export, and so cause a third. */
export const lateShare = 0.03
const lateSecondsMin = 1_500
const daySeconds = 86_400

/**
 * How long after the session a late fact arrives: between 25 minutes and some days, more often soon than late. Agents
 * correct dispositions and record wrap-up days later (contract h.1), and nothing limits a re-export (contract g, rule 26).
 */
export function lateSeconds(random: Random, daysMax: number): number {
  const span = Math.log((daysMax * daySeconds) / lateSecondsMin)
  return Math.round(lateSecondsMin * Math.exp(span * unit(random)))
}

/** Corrections by agents. */
export const correctionDaysMax = 20
/** The link of a survey expires. */
export const surveyDaysMax = 3
