import { safeWord } from '@aftercall/runtime/text/safe-name'

/** A word that is not in the vocabulary of its column. */
export type UnknownWord = {
  vocabulary: string
  /** With its table: `session.fail_reason`. */
  column: string
  word: string
}

export type UnknownWords = {
  add(unknown: UnknownWord): void
  /** Each word once, in a form that may be shown. */
  found(): UnknownWord[]
}

/** The most different words of one document. A document with thousands of rows could have as many. */
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
