import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const photoTypeVocabulary: Vocabulary = {
  name: 'photo_type',
  about: 'Kinds of pictures that end users send. The word for a screenshot is unknown.',
  terms: terms('any', [null, 'photo', 'Photo', 'A photo.']),
}
