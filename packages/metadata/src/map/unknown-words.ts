import { safeWord } from '@aftercall/runtime/text/safe-name'

/** A word that the vocabulary of its column does not hold. */
export type UnknownWord = {
  vocabulary: string
  /** With its table: `session.fail_reason`. */
  column: string
  word: string
}

export type UnknownWords = {
  add(unknown: UnknownWord): void
  /** Each once, as they may be told. */
  found(): UnknownWord[]
}

/** Different words of one document at the most. A document of thousands of rows could hold as many. */
const wordsMax = 50

export function collectUnknownWords(): UnknownWords {
  let byKey: Map<string, UnknownWord> | undefined
  return {
    add({ vocabulary, column, word }) {
      byKey ??= new Map()
      if (byKey.size >= wordsMax) return
      const shown = safeWord(word)
      byKey.set(`${column} ${shown}`, { vocabulary, column, word: shown })
    },
    found: () => (byKey === undefined ? [] : [...byKey.values()]),
  }
}
