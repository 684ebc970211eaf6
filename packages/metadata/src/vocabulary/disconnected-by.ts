import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const disconnectedByVocabulary: Vocabulary = {
  name: 'disconnected_by',
  about: 'Who ended the session. A virtual agent can too; its word is unknown.',
  terms: terms(
    'any',
    [null, 'disconnected_by_unknown', 'Unknown', 'The platform does not know who.'],
    [null, 'disconnected_by_agent', 'Agent', 'The agent ended it.'],
    [null, 'disconnected_by_end_user', 'End user', 'The end user ended it.'],
  ),
}
