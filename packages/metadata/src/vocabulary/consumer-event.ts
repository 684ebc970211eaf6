import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. */
export const consumerEventVocabulary: Vocabulary = {
  name: 'consumer_event',
  about: 'What ended a stretch on the side of the end user. Further values are unknown.',
  terms: terms('any', [null, 'finished', 'Finished', 'It ran to its end.']),
}
