import type { Channel, Direction } from '../read/session-type.ts'

/**
 * One term of an open vocabulary (contract, section c). A vocabulary says what a term means and which forms mean the same. It
 * does not restrict terms: an unknown term is stored as sent.
 */
export type Term = {
  /** Codes and terms of calls and chats overlap with other meanings (contract, section g, rule 9). */
  channel: TermChannel
  /** The code that raw exports send instead of `value`. Null if none is documented. */
  code: number | null
  /** Spelled as in the files, and stored like this. */
  value: string
  label: string
  /** In our own words. Inferred from the word if the vendor gives no meaning. */
  meaning: string
  /** Other spellings, apart from case, spaces, hyphens, and underscores. The sent spelling is kept in `extra`. */
  aliases?: readonly string[]
  /** Nothing more happens to the session. Absent if not documented. */
  terminal?: boolean
  direction?: Direction
  /** Absent if the vendor's pages or real files have the term; it is then `stated`. */
  certainty?: `inferred: ${string}` | `unverified: ${string}`
}

export type TermChannel = Channel | 'any'

export type Vocabulary = {
  /** Also the name of its lookup table in the schema `warehouse`. */
  name: string
  /** The comment of the lookup table. */
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
