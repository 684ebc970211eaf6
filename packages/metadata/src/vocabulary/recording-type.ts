import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const recordingTypeVocabulary: Vocabulary = {
  name: 'recording_type',
  about: 'Kinds of recordings. Further values are unknown.',
  terms: terms('any', [null, 'default', 'Default', 'The ordinary recording of the call.']),
}
