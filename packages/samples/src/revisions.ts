import { callDocument } from './call-document.ts'
import { chatDocument } from './chat-document.ts'
import { localDayFolder } from './local-time.ts'
import { chance, integer, type Random } from './random.ts'
import type { Story } from './scenario.ts'
import type { View } from './view.ts'

/** One export of a session: a complete document that replaces the one before. */
export type SampleRevision = {
  document: Record<string, unknown>
  /** When the platform writes this file. */
  exportedAt: Date
  /** Object key without the source's prefix: `2026/03/23/call-1418.json` (contract d). */
  key: string
}

const EARLY_EXPORT_SHARE = 0.006
const UNCHANGED_REWRITE_SHARE = 0.66
const LONG_GAP_SHARE = 0.2
const NEXT_FOLDER_SHARE = 0.03
const STILL_UPDATED_AT_SHARE = 0.08
const DAY_SECONDS = 86_400

/** All exports of a session (contract a.2): the first right after its end, others as later facts arrive. */
export function tellRevisions(random: Random, story: Story): SampleRevision[] {
  const views = exportViews(random, story)
  const first = views[0]
  if (first === undefined) return []
  let folder = localDayFolder(story.tenant.timeZone, first.asOf)
  return views.map((view, index) => {
    if (index > 0 && chance(random, NEXT_FOLDER_SHARE)) {
      folder = localDayFolder(story.tenant.timeZone, first.asOf + DAY_SECONDS)
    }
    return {
      document: story.channel === 'call' ? callDocument(view) : chatDocument(view),
      exportedAt: new Date(1000 * (view.asOf + integer(random, 0, 4)) + integer(random, 0, 999)),
      key: `${folder}/${story.channel}-${story.sessionId}.json`,
    }
  })
}

function exportViews(random: Random, story: Story): View[] {
  const views: View[] = []
  const early = earlyExportAt(random, story)
  if (early !== null) views.push({ story, asOf: early, updatedAt: early })
  const end = story.ending.at
  let asOf = end + firstGapSeconds(random, story)
  views.push({ story, asOf, updatedAt: asOf })
  const rewriteAt = Math.max(end + integer(random, 900, 1200), asOf + 60)
  const facts = laterFacts(story)
  if (facts.some((at) => at > asOf) || chance(random, UNCHANGED_REWRITE_SHARE)) {
    views.push(rewrite(random, story, asOf, rewriteAt))
    asOf = rewriteAt
  }
  const latest = Math.max(...facts, 0)
  if (latest > asOf) {
    const at = latest + integer(random, 5, 90)
    views.push({ story, asOf: at, updatedAt: at })
  }
  return views
}

// The platform sometimes adds rows and leaves `updated_at` alone. Then the rows must tell the order, so
// this is done only where one of them ends later than everything the first export knew.
function rewrite(random: Random, story: Story, firstAsOf: number, asOf: number): View {
  const told = rowEnds(story).some((at) => at > firstAsOf && at <= asOf)
  const still = told && chance(random, STILL_UPDATED_AT_SHARE)
  return { story, asOf, updatedAt: still ? firstAsOf : asOf }
}

function laterFacts(story: Story): number[] {
  const facts = [...rowEnds(story), ...story.dispositions.map((disposition) => disposition.at)]
  return story.voicemailReadAt === null ? facts : [...facts, story.voicemailReadAt]
}

function rowEnds(story: Story): number[] {
  const ends = story.agentStays.map((stay) => stay.endedAt + stay.wrapUpSeconds)
  if (story.survey !== null) ends.push(story.survey.endedAt)
  return ends
}

function firstGapSeconds(random: Random, story: Story): number {
  const calledBack = story.kind.course === 'callback' || story.kind.course === 'scheduled'
  return calledBack && chance(random, LONG_GAP_SHARE) ? integer(random, 1200, 1800) : integer(random, 0, 15)
}

// While the last agent still talks; only where nothing but that talk is open then.
function earlyExportAt(random: Random, story: Story): number | null {
  const last = story.agentStays.at(-1)
  const plain = story.transfers.every(
    (transfer) => transfer.status === 'transferred' && transfer.toAgent !== null,
  )
  if (last === undefined || last.barged || !plain || !chance(random, EARLY_EXPORT_SHARE)) return null
  const connected = Math.max(last.startedAt, story.connectedAt ?? last.startedAt)
  const middle = connected + Math.floor((last.endedAt - connected) / 2)
  return middle > connected && middle + 10 < story.ending.at ? middle : null
}
