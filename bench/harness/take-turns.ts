import { revisionsPerSession } from '../mix/session-templates.ts'
import type { Trial } from './trial.ts'

/** One of the things that take turns. */
export type Turn = {
  name: string
  /** Of the first trial, which is not counted: it warms up, and shows how many files fill the time. */
  firstSessions: number
  /** Fewer would bring revisions of a session so close together that they are written as one. */
  sessionsMin: number
  /** How long a trial is to take. */
  seconds: number
  run(sessions: number): Promise<Trial>
}

export type TurnsOptions = {
  rounds: number
  /** Told how many rounds are left: what part of its time each turn may have; 0 ends it, after one round at least. */
  scaleOf?(roundsLeft: number): number
}

/** A B C A B C …, because the machine's speed drifts. */
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
