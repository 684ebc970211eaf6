import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.4. */
export const participantTypeVocabulary: Vocabulary = {
  name: 'participant_type',
  about: 'Who takes part in a session. Third parties take part too; their word is unknown.',
  terms: terms(
    'any',
    [null, 'end_user', 'End user', 'The consumer.'],
    [null, 'agent', 'Agent', 'A person of the contact center.'],
    [null, 'virtual_agent', 'Virtual agent', 'A virtual agent that serves the consumer.'],
    [
      null,
      'task_virtual_agent',
      'Task virtual agent',
      'A virtual agent that an agent brought in for one task.',
    ],
  ),
}
