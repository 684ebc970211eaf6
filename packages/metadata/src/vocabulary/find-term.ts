import type { Channel } from '../read/session-type.ts'
import type { Term, Vocabulary } from './vocabulary.ts'

export type FoundTerm = {
  term: Term
  /** The sent spelling differs from the term, and must be kept in `extra`. */
  isAlias: boolean
}

/** A vocabulary's terms by all their forms: value, code, alias. */
export type TermIndex = { vocabulary: string } & Readonly<Record<Channel, ReadonlyMap<string, FoundTerm>>>

export function indexTerms(vocabulary: Vocabulary): TermIndex {
  return {
    vocabulary: vocabulary.name,
    call: indexChannel(vocabulary, 'call'),
    chat: indexChannel(vocabulary, 'chat'),
  }
}

/** The term of a word in a channel, found by value in any case, code, or alias (contract, g, rule 8). */
export function findTerm(index: TermIndex, channel: Channel, word: string): FoundTerm | undefined {
  const forms = index[channel]
  // Most words arrive in their stored form, and no term is long. Both checks avoid the folding.
  return forms.get(word) ?? (word.length > longestForm ? undefined : forms.get(fold(word)))
}

const longestForm = 100

function indexChannel(vocabulary: Vocabulary, channel: Channel): ReadonlyMap<string, FoundTerm> {
  const forms = new Map<string, FoundTerm>()
  function add(form: string, found: FoundTerm): void {
    const before = forms.get(form)
    if (before !== undefined && (before.term !== found.term || before.isAlias !== found.isAlias)) {
      throw new Error(`${vocabulary.name}: ${form} means two things for a ${channel}`)
    }
    forms.set(form, found)
  }
  for (const term of vocabulary.terms.filter((term) => term.channel === channel || term.channel === 'any')) {
    const itself = { term, isAlias: false }
    forms.set(term.value, itself)
    add(fold(term.value), itself)
    if (term.code !== null) add(String(term.code), itself)
    for (const alias of term.aliases ?? []) add(fold(alias), { term, isAlias: true })
  }
  return forms
}

/** `8`, `08`, and `8.0` are the same code. Case, spaces, hyphens, underscores, and a British `ll` do not matter. */
function fold(word: string): string {
  const code = /^0*(\d{1,9})(?:\.0{1,9})?$/.exec(word)?.[1]
  return (
    code ??
    word
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, '_')
      .replaceAll('cancelled', 'canceled')
  )
}
