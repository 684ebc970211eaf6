import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const offerTypeVocabulary: Vocabulary = {
  name: 'offer_type',
  about: 'How the session was offered to agents. Further values are unknown.',
  terms: terms('any', [null, 'cascade', 'Cascade', 'One group of agents after the other.']),
}
