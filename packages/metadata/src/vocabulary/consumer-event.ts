import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, sections c.5 and h. */
export const consumerEventVocabulary: Vocabulary = {
  name: 'consumer_event',
  about: 'What ended a stretch on the side of the end user. Further values are unknown.',
  terms: terms(
    'any',
    [null, 'finished', 'Finished', 'It ran to its end.'],
    [null, 'abandoned', 'Abandoned', 'The end user left before its end.'],
  ),
}
