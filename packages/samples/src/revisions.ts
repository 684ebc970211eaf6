import { callDocument } from './call-document.ts'
import { chatDocument } from './chat-document.ts'
import { localDayFolder } from './local-time.ts'
import { chance, integer, type Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import { type View, wrapUpKnownAt } from './view.ts'

/** One export of a session: a complete document that replaces the one before. */
export type SampleRevision = {
  document: Record<string, unknown>
  /** When the platform writes this file. */
  exportedAt: Date
  /** Object key without the source's prefix: `2026/03/23/call-1418.json` (contract d). */
  key: string
}

const earlyExportShare = 0.006
const unchangedRewriteShare = 0.66
const longGapShare = 0.2
const nextFolderShare = 0.03
const stillUpdatedAtShare = 0.08
const daySeconds = 86_400

/** All exports of a session (contract a.2): the first one right after its end, others when later facts arrive. */
export function simulateRevisions(random: Random, scenario: Scenario): SampleRevision[] {
  const views = exportViews(random, scenario)
  const first = views[0]
  if (first === undefined) return []
  let folder = localDayFolder(scenario.tenant.timeZone, first.asOf)
  return views.map((view, index) => {
    if (index > 0 && chance(random, nextFolderShare)) {
      folder = localDayFolder(scenario.tenant.timeZone, first.asOf + daySeconds)
    }
    return {
      document: scenario.channel === 'call' ? callDocument(view) : chatDocument(view),
      exportedAt: new Date(1000 * (view.asOf + integer(random, 0, 4)) + integer(random, 0, 999)),
      key: `${folder}/${scenario.channel}-${scenario.sessionId}.json`,
    }
  })
}

function exportViews(random: Random, scenario: Scenario): View[] {
  const views: View[] = []
  const early = earlyExportAt(random, scenario)
  if (early !== null) views.push({ scenario, asOf: early, updatedAt: early })
  const end = scenario.ending.at
  let asOf = end + firstGapSeconds(random, scenario)
  views.push({ scenario, asOf, updatedAt: asOf })
  const rewriteAt = Math.max(end + integer(random, 900, 1200), asOf + 60)
  const facts = laterFacts(scenario)
  if (facts.some((at) => at > asOf) || chance(random, unchangedRewriteShare)) {
    views.push(rewrite(random, scenario, asOf, rewriteAt))
    asOf = rewriteAt
  }
  for (const fact of facts) {
    if (fact <= asOf) continue
    asOf = fact + integer(random, 5, 90)
    views.push({ scenario, asOf, updatedAt: asOf })
  }
  return views
}

// The platform sometimes adds rows without changing `updated_at`. Then the rows must decide the order, so this happens only
// if one of them ends later than everything in the first export.
function rewrite(random: Random, scenario: Scenario, firstAsOf: number, asOf: number): View {
  const addsRows = lateRows(scenario).some(({ endedAt, knownAt }) => endedAt > firstAsOf && knownAt <= asOf)
  const still = addsRows && chance(random, stillUpdatedAtShare)
  return { scenario, asOf, updatedAt: still ? firstAsOf : asOf }
}

/** What the platform learns after the session, in order of time. */
function laterFacts(scenario: Scenario): number[] {
  const facts = [
    ...lateRows(scenario).map(({ knownAt }) => knownAt),
    ...scenario.dispositions.map((disposition) => disposition.at),
  ]
  if (scenario.voicemailReadAt !== null) facts.push(scenario.voicemailReadAt)
  return facts.sort((one, other) => one - other)
}

function lateRows({ agentStays, survey }: Scenario): { endedAt: number; knownAt: number }[] {
  const rows = agentStays.map((stay) => {
    return { endedAt: stay.endedAt + stay.wrapUpSeconds, knownAt: wrapUpKnownAt(stay) }
  })
  if (survey !== null) rows.push({ endedAt: survey.endedAt, knownAt: survey.endedAt })
  return rows
}

function firstGapSeconds(random: Random, scenario: Scenario): number {
  const calledBack = scenario.kind.course === 'callback' || scenario.kind.course === 'scheduled'
  return calledBack && chance(random, longGapShare) ? integer(random, 1200, 1800) : integer(random, 0, 15)
}

// While the last agent is still talking, and only if nothing else is open.
function earlyExportAt(random: Random, scenario: Scenario): number | null {
  const last = scenario.agentStays.at(-1)
  const plain = scenario.transfers.every(
    (transfer) => transfer.status === 'transferred' && transfer.toAgent !== null,
  )
  if (last === undefined || last.barged || !plain || !chance(random, earlyExportShare)) return null
  const connected = Math.max(last.startedAt, scenario.connectedAt ?? last.startedAt)
  const middle = connected + Math.floor((last.endedAt - connected) / 2)
  return middle > connected && middle + 10 < scenario.ending.at ? middle : null
}
