import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.4. */
export const answerTypePathVocabulary: Vocabulary = {
  name: 'answer_type_path',
  about: 'How both sides of a transfer answered: from, to.',
  terms: terms('any', [null, 'manual_to_manual', 'Manual to manual', 'Both agents answered by hand.']),
}
