import type { EncodedRows, StorableSession } from '@aftercall/warehouse/encode-session'
import type { Rejection } from '@aftercall/warehouse/ledger/rejections'
import {
  type Documents,
  isNonEmpty,
  type NonEmpty,
  type Settlement,
} from '@aftercall/warehouse/load/settlement'

/**
 * A settlement on its way between threads. Its sessions are sent ahead in groups, each with all its bytes in one buffer that
 * is handed over instead of copied. The object's own bytes are not sent back.
 */
export type PackedSettlement =
  | (Omit<Documents, 'sessions' | 'rejections' | 'content'> & {
      rejections: PackedRejection[]
      hasContent: boolean
    })
  | (Omit<Rejected, 'rejections'> & { rejections: NonEmpty<PackedRejection> })
  | Exclude<Settlement, Documents | Rejected>

type Rejected = Extract<Settlement, { kind: 'rejected' }>

type PackedRejection = Omit<Rejection, 'content'> & { hasContent: boolean }

export type PackedSessions = { sessions: PackedSession[]; bytes: ArrayBuffer }

type PackedSession = Omit<StorableSession, 'rows' | 'text'> & {
  rows: Omit<EncodedRows, 'bytes'>
  rowsLength: number
  /** Null for a text that is the object's own bytes. */
  textLength: number | null
}

export function packSettlement(settlement: Settlement): PackedSettlement {
  switch (settlement.kind) {
    case 'documents': {
      const { sessions, rejections, content, ...documents } = settlement
      return { ...documents, rejections: rejections.map(packRejection), hasContent: content !== null }
    }
    case 'rejected': {
      const [first, ...more] = settlement.rejections
      return { ...settlement, rejections: [packRejection(first), ...more.map(packRejection)] }
    }
    case 'ignored':
    case 'missing':
    case 'removed':
    case 'other_event':
    case 'failed':
      return settlement
  }
}

/** @throws TypeError for documents without a session, which no settlement has. */
export function unpackSettlement(
  packed: PackedSettlement,
  sessions: StorableSession[],
  content: Uint8Array | null,
): Settlement {
  const unpackRejection = ({ hasContent, ...rejection }: PackedRejection): Rejection => ({
    ...rejection,
    content: hasContent ? content : null,
  })
  switch (packed.kind) {
    case 'documents': {
      const { hasContent, rejections, ...documents } = packed
      if (!isNonEmpty(sessions)) throw new TypeError('documents were mapped to no session')
      return {
        ...documents,
        sessions,
        rejections: rejections.map(unpackRejection),
        content: hasContent ? content : null,
      }
    }
    case 'rejected': {
      const [first, ...more] = packed.rejections
      return { ...packed, rejections: [unpackRejection(first), ...more.map(unpackRejection)] }
    }
    case 'ignored':
    case 'missing':
    case 'removed':
    case 'other_event':
    case 'failed':
      return packed
  }
}

function packRejection({ content, ...rejection }: Rejection): PackedRejection {
  return { ...rejection, hasContent: content !== null }
}

/** Sessions in one group at the most, so that none takes the receiver long. */
const groupMax = 200

export function* packSessions(
  sessions: readonly StorableSession[],
  content: Uint8Array | null,
): Generator<PackedSessions> {
  for (let start = 0; start < sessions.length; start += groupMax) {
    yield packGroup(sessions.slice(start, start + groupMax), content)
  }
}

function packGroup(group: readonly StorableSession[], content: Uint8Array | null): PackedSessions {
  const pieces: Uint8Array[] = []
  const sessions = group.map(({ rows: { bytes, ...rows }, text, ...session }): PackedSession => {
    pieces.push(bytes)
    if (text === content) return { ...session, rows, rowsLength: bytes.byteLength, textLength: null }
    const textBytes = typeof text === 'string' ? Buffer.from(text) : text
    pieces.push(textBytes)
    return { ...session, rows, rowsLength: bytes.byteLength, textLength: textBytes.byteLength }
  })
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.byteLength
  }
  return { sessions, bytes: bytes.buffer }
}

export function unpackSessions(
  { sessions, bytes }: PackedSessions,
  content: Uint8Array | null,
): StorableSession[] {
  let at = 0
  const next = (length: number): Uint8Array => {
    at += length
    return Buffer.from(bytes, at - length, length)
  }
  return sessions.map(({ rows, rowsLength, textLength, ...session }) => ({
    ...session,
    rows: { ...rows, bytes: next(rowsLength) },
    text: textLength === null ? (content ?? '') : next(textLength),
  }))
}
