import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.4. */
export const entryTypeVocabulary: Vocabulary = {
  name: 'entry_type',
  about: 'How a participant came in. Further values are unknown.',
  terms: terms('any', [
    null,
    'queue_or_transfer',
    'Queue or transfer',
    'By way of a queue or of a transfer.',
  ]),
}
