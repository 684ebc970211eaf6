import { type Opening, openScenario } from './open-scenario.ts'
import { fork, type Random } from './random.ts'
import { type SampleRevision, simulateRevisions } from './revisions.ts'
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
  const own = fork(root, opening.number)
  const random = fork(own, 'story')
  const scenario = openScenario(root, random, opening)
  simulateSession({ random, scenario, now: opening.createdAt })
  const revisions = simulateRevisions(fork(own, 'revisions'), scenario)
  return {
    tenant: opening.tenant.name,
    channel: opening.kind.channel,
    sessionId: opening.sessionId,
    revisions,
  }
}
