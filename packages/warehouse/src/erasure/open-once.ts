import type { Opener } from '../sealing/create-opener.ts'
import { type ContentName, sealOf } from '../sealing/seal-bytes.ts'

/** What a content says of a person: it is a document of the person, it names the person, or neither. */
export type Finding = 'own' | 'named' | 'nothing'

/** For one person: an erasure searches several times, and what is sealed does not change. */
export type PersonOpener = Opener & {
  /**
   * What `find` says of the content. It is opened only the first time that these sealed bytes come.
   * @throws DocumentKeyError
   */
  judge(sealed: Buffer, name: ContentName, find: (content: Buffer) => Finding): Promise<Finding>
}

/** About 80 MB. What comes after it is opened each time. */
const findingsMax = 1_000_000

export function createPersonOpener(opener: Opener): PersonOpener {
  const known = new Map<string, Finding>()
  return {
    open: opener.open,
    async judge(sealed, name, find) {
      const seal = sealOf(sealed)
      const before = known.get(seal)
      if (before !== undefined) return before
      const found = find(await opener.open(sealed, name))
      if (known.size < findingsMax) known.set(seal, found)
      return found
    },
  }
}
