import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import {
  firstSessionId,
  makeSessionTemplates,
  type RevisionTemplate,
  revisionsPerSession,
  type SessionTemplate,
} from './session-templates.ts'

/** A file of the mix: one revision of a session, computed from two numbers on request. */
export type MixFile = {
  session: number
  /** From 0. All revisions have the same key, because the bucket keeps versions. */
  revision: number
  key: string
  versionId: string
  etag: string
  sizeBytes: number
  lastModified: Date
}

/** A range of sessions, each with three revisions. */
export type Load = { firstSession: number; sessions: number }

export type Mix = {
  fileOf(session: number, revision: number): MixFile
  /** The file at this position: first the first revisions of all sessions, then the second revisions, … */
  fileAt(load: Load, position: number): MixFile
  templateOf(file: { session: number; revision: number }): RevisionTemplate
  /** The document with the id of the session. */
  bytesOf(file: MixFile): Buffer
  /** Undefined for a key outside the mix. */
  sessionOfKey(key: string): number | undefined
}

export const bucket = 'bench-files'
/** The configured sources: one per tenant, with its time zone. */
export const sources = builtInTenants.map(({ name, timeZone }) => ({
  name,
  bucket,
  prefix: `${name}/`,
  timeZone,
}))

const templatesCount = 300

/** The same files on every machine: they depend only on the seed. */
export function openMix(): Mix {
  const templates = makeSessionTemplates(templatesCount)

  function sessionTemplateOf(session: number): SessionTemplate {
    return templates[session % templates.length] as SessionTemplate
  }

  function templateOf({ session, revision }: { session: number; revision: number }): RevisionTemplate {
    return sessionTemplateOf(session).revisions[revision] as RevisionTemplate
  }

  function keyOf(session: number): string {
    const { tenant, folder, channel } = sessionTemplateOf(session)
    return `${tenant}/${folder}/${channel}-${firstSessionId + session}.json`
  }

  function fileOf(session: number, revision: number): MixFile {
    const { bytes, lastModified } = templateOf({ session, revision })
    const versionId = `version${revision}`
    const place = { session, revision, key: keyOf(session), versionId, etag: etagOf(session, revision) }
    return { ...place, sizeBytes: bytes.length, lastModified }
  }

  function bytesOf(file: MixFile): Buffer {
    const { bytes, idPlaces } = templateOf(file)
    const copy = Buffer.from(bytes)
    for (const at of idPlaces) copy.write(String(firstSessionId + file.session), at, 'latin1')
    return copy
  }

  return {
    fileOf,
    fileAt: ({ firstSession, sessions }, position) =>
      fileOf(firstSession + (position % sessions), Math.floor(position / sessions)),
    templateOf,
    bytesOf,
    sessionOfKey: (key) => {
      const session = Number(/-(\d{9})\.json$/.exec(key)?.[1]) - firstSessionId
      return session >= 0 && keyOf(session) === key ? session : undefined
    },
  }
}

export function filesOf({ sessions }: Load): number {
  return sessions * revisionsPerSession
}

/** 32 hexadecimal digits, like those of S3. */
export function etagOf(session: number, revision: number): string {
  return `${String(firstSessionId + session)}${revision}`.padStart(32, 'e')
}
