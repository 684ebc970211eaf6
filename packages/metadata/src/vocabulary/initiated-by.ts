import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. */
export const initiatedByVocabulary: Vocabulary = {
  name: 'initiated_by',
  about: 'Who brought the virtual agent in.',
  terms: terms(
    'any',
    [null, 'end_user', 'End user', 'The end user met it on the way.'],
    [null, 'agent', 'Agent', 'An agent handed over to it.'],
  ),
}
