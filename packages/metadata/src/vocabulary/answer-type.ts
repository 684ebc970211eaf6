import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const answerTypeVocabulary: Vocabulary = {
  name: 'answer_type',
  about: 'How the session was answered. Further values are unknown.',
  terms: terms('any', [null, 'manual', 'Manual', 'An agent answered by hand.']),
}
