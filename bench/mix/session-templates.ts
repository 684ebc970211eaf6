import { writeDocument } from '@aftercall/samples/sample-session'
import { sampleSessions } from '@aftercall/samples/sample-stream'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'

/** A sample session whose id can be overwritten, so that it can be used as any number of sessions. */
export type SessionTemplate = {
  tenant: string
  channel: 'call' | 'chat'
  /** The day folder of its key. */
  folder: string
  revisions: readonly RevisionTemplate[]
}

export type RevisionTemplate = {
  /** The document with the id `templateId` in it. */
  bytes: Buffer
  /** Where the id's digits begin. */
  idPlaces: readonly number[]
  lastModified: Date
}

/** Ids have nine digits, so that every document of a template has the same length. */
export const firstSessionId = 100_000_000
export const revisionsPerSession = 3

const templateId = '999999999'
const [bytesMin, bytesMax] = [5_000, 16_000]
/** Two weeks around the end of a month: sessions of a few days fall into one or two partitions. */
const plan = { seed: 'bench', startAt: '2026-03-25', days: 14, tenants: builtInTenants }

/** Sessions of the sample stream with files as large as real ones, each in three revisions. */
export function makeSessionTemplates(count: number): SessionTemplate[] {
  const made: SessionTemplate[] = []
  for (const { tenant, channel, sessionId, revisions } of sampleSessions({ ...plan, sessions: count * 10 })) {
    const documents = inThreeRevisions(revisions.map(({ document }) => document))
    const templates = documents.map((document) => templateOf(document, sessionId))
    if (!templates.every(({ bytes }) => bytes.length >= bytesMin && bytes.length <= bytesMax)) continue
    const folder = revisions[0]?.key.replace(/\/[^/]+$/, '') ?? ''
    made.push({ tenant, channel, folder, revisions: templates })
    if (made.length === count) return made
  }
  throw new Error(`the sample stream has too few sessions of ${bytesMin} to ${bytesMax} bytes`)
}

type Document = Record<string, unknown>

/** The platform also rewrites files when only `updated_at` changes. This does the same for sessions with fewer revisions. */
function inThreeRevisions(documents: readonly Document[]): Document[] {
  const filled = documents.slice(-revisionsPerSession)
  while (filled.length < revisionsPerSession) {
    const last = filled.at(-1) ?? {}
    const later = new Date(Date.parse(String(last.updated_at)) + 900_000)
    filled.push({ ...last, updated_at: later.toISOString() })
  }
  return filled
}

function templateOf(document: Document, sessionId: number): RevisionTemplate {
  const own = new RegExp(`("(?:id|call_id|chat_id)": )${sessionId}\\b`, 'g')
  const bytes = Buffer.from(writeDocument(document).replace(own, `$1${templateId}`))
  const idPlaces: number[] = []
  for (let at = bytes.indexOf(templateId); at !== -1; at = bytes.indexOf(templateId, at + 1))
    idPlaces.push(at)
  return { bytes, idPlaces, lastModified: new Date(String(document.updated_at)) }
}
