import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Trial } from './trial.ts'

/** A contender or ceiling that takes turns with others. */
export type Turn = {
  name: string
  /** Sessions of the first trial, which only warms up and shows how many files fit into the time. */
  firstSessions: number
  /** With fewer, the revisions of a session would be so close together that they are written as one. */
  sessionsMin: number
  /** Target length of a trial. */
  seconds: number
  run(sessions: number): Promise<Trial>
}

export type TurnsOptions = {
  rounds: number
  /** The share of its time that each turn may take, given the rounds left. 0 stops after the first round or later. */
  scaleOf?(roundsLeft: number): number
}

/** Runs A B C A B C …, because the machine's speed changes over time. */
export async function takeTurns(turns: readonly Turn[], { rounds, scaleOf }: TurnsOptions): Promise<Trial[]> {
  const rates = new Map<string, number>()
  for (const { name, firstSessions, run } of turns) rates.set(name, (await run(firstSessions)).filesPerSecond)
  const trials: Trial[] = []
  for (let round = 0; round < rounds; round += 1) {
    const scale = scaleOf?.(rounds - round) ?? 1
    if (scale === 0 && round > 0) break
    for (const { name, seconds, sessionsMin, run } of turns) {
      const files = (rates.get(name) ?? 0) * seconds * scale
      const trial = await run(Math.max(sessionsMin, Math.round(files / revisionsPerSession)))
      rates.set(name, trial.filesPerSecond)
      trials.push(trial)
    }
  }
  return trials
}
