import type { Channel, Direction } from '../session-type.ts'

/**
 * One term of an open vocabulary (contract, section c). A vocabulary says what a term means and which forms of it are
 * one; it never says which terms are allowed: a term it does not hold is stored as it was sent.
 */
export type Term = {
  /** Codes and terms of calls and chats overlap with other meanings (contract, section g, rule 9). */
  channel: TermChannel
  /** What raw exports send in place of `value`. Null where the contract knows none. */
  code: number | null
  /** As the files spell it, and as it is stored. */
  value: string
  label: string
  /** In our own sentence; read off the word where the vendor gives no meaning. */
  meaning: string
  /** Other spellings, beyond case, spaces, hyphens and underscores. The one that was sent is kept in `extra`. */
  aliases?: readonly string[]
  /** Nothing more happens to the session. Absent where the contract does not say. */
  terminal?: boolean
  direction?: Direction
  /** Absent where the vendor's pages or real files state the term; then `stated`. */
  certainty?: `inferred: ${string}` | `unverified: ${string}`
}

export type TermChannel = Channel | 'any'

export type Vocabulary = {
  /** Also the name of its lookup table in the schema `warehouse`. */
  name: string
  /** What the lookup table's comment says. */
  about: string
  terms: readonly Term[]
}

type Line = readonly [
  code: number | null,
  value: string,
  label: string,
  meaning: string,
  more?: Pick<Term, 'aliases' | 'terminal' | 'direction' | 'certainty'>,
]

export function terms(channel: TermChannel, ...lines: readonly Line[]): Term[] {
  return lines.map(([code, value, label, meaning, more]) => ({
    channel,
    code,
    value,
    label,
    meaning,
    ...more,
  }))
}
