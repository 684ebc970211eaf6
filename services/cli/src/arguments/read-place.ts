import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { localBucket } from '@aftercall/ingest/local/local-source'
import {
  type ObjectPlace,
  parsePlace,
  parseSession,
  type SessionPlace,
  sessionIdMax,
} from '@aftercall/operator/parse-place'
import { UsageError } from '../cli-context.ts'

export type { ObjectPlace, SessionPlace }

const sessionForm = `SOURCE/call/ID or SOURCE/chat/ID, with an ID up to ${sessionIdMax}`

/** `s3://BUCKET/KEY`, a local file as `file:///PATH`, `/PATH` or `./PATH`, `SOURCE/call/ID` or `SOURCE/chat/ID`. */
export function readPlace(text: string): ObjectPlace | SessionPlace {
  const place = parsePlace(text)
  if (place !== undefined) return place
  const localKey = matchLocalKey(text)
  if (localKey !== undefined) return { kind: 'object', bucket: localBucket, key: localKey }
  throw new UsageError(
    `${text} is neither an object (s3://BUCKET/KEY), nor a local file (/PATH or ./PATH), nor a session (${sessionForm})`,
  )
}

/** The key of a file that `aftercall load` loaded: its real path, resolved as far as the path still exists. */
function matchLocalKey(text: string): string | undefined {
  const url = `${localBucket}//`
  const path = text.startsWith(url) ? text.slice(url.length) : text
  if (/^stdin\/[0-9a-f]{64}$/.test(path)) return path
  return /^\.{0,2}\//.test(path) ? realPathOf(resolve(path)) : undefined
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const folder = dirname(path)
    return folder === path ? path : join(realPathOf(folder), basename(path))
  }
}

export function readSession(text: string): SessionPlace {
  const session = parseSession(text)
  if (session !== undefined) return session
  throw new UsageError(`${text} is not a session: write ${sessionForm}`)
}
