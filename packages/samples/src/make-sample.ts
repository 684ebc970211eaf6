import { type Opening, openScenario } from './open-scenario.ts'
import { fork, type Random } from './random.ts'
import { type SampleRevision, simulateRevisions } from './revisions.ts'
import type { Scenario } from './scenario.ts'
import type { Channel } from './session-kind.ts'
import { simulateSession } from './simulate-session.ts'

/** A session with every revision of its document, oldest first. */
export type SampleSession = {
  tenant: string
  channel: Channel
  sessionId: number
  revisions: SampleRevision[]
}

/** Simulates a session and writes its documents. The same opening gives the same bytes. */
export function makeSample(root: Random, opening: Opening): SampleSession {
  return exportSample(root, simulateOpening(root, opening))
}

/** What happens in the session. */
export function simulateOpening(root: Random, opening: Opening): Scenario {
  const random = fork(fork(root, opening.number), 'story')
  const scenario = openScenario(root, random, opening)
  simulateSession({ random, scenario, now: opening.createdAt })
  return scenario
}

/** The documents of a simulated session. */
export function exportSample(root: Random, scenario: Scenario): SampleSession {
  const { number, tenant, channel, sessionId } = scenario
  const revisions = simulateRevisions(fork(fork(root, number), 'revisions'), scenario)
  return { tenant: tenant.name, channel, sessionId, revisions }
}
