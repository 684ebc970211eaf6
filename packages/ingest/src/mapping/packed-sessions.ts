import type { EncodedRows, StorableSession } from '@aftercall/warehouse/encode-session'
import type { Settlement } from '@aftercall/warehouse/load/loader'

/**
 * A settlement on its way between threads: its sessions come before it, some at a time, each group with all its bytes in
 * one buffer that is handed over instead of copied. The object's own bytes are not sent back.
 */
export type PackedSettlement = {
  settlement: Settlement
  hasContent: boolean
  rejectionsWithContent: readonly boolean[]
}

export type PackedSessions = { sessions: PackedSession[]; bytes: ArrayBuffer }

type PackedSession = Omit<StorableSession, 'rows' | 'text'> & {
  rows: Omit<EncodedRows, 'bytes'>
  rowsLength: number
  /** Null for a text that is the object's own bytes. */
  textLength: number | null
}

export function packSettlement(settlement: Settlement): PackedSettlement {
  return {
    settlement: {
      ...settlement,
      sessions: [],
      content: null,
      rejections: settlement.rejections.map((one) => ({ ...one, content: null })),
    },
    hasContent: settlement.content !== null,
    rejectionsWithContent: settlement.rejections.map((one) => one.content !== null),
  }
}

export function unpackSettlement(
  { settlement, hasContent, rejectionsWithContent }: PackedSettlement,
  sessions: StorableSession[],
  content: Uint8Array | null,
): Settlement {
  const rejections = settlement.rejections.map((one, position) =>
    rejectionsWithContent[position] === true ? { ...one, content } : one,
  )
  return { ...settlement, sessions, rejections, content: hasContent ? content : null }
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
