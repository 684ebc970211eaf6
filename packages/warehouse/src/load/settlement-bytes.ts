import type { Settlement } from './settlement.ts'

/** The objects of a session beside its bytes. */
const sessionBytes = 2_048

/** What a mapped object holds in memory until it is committed: its bytes, and the rows and the text of each session. */
export function settlementBytes({ content, sessions, rejections }: Settlement): number {
  const own = content ?? rejections[0]?.content ?? null
  let bytes = own?.byteLength ?? 0
  for (const { rows, text } of sessions) {
    bytes += sessionBytes + rows.bytes.byteLength
    if (text !== own) bytes += typeof text === 'string' ? text.length * 2 : text.byteLength
  }
  return bytes
}
