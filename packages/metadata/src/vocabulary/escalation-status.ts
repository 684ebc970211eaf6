import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. */
export const escalationStatusVocabulary: Vocabulary = {
  name: 'escalation_status',
  about: 'What became of an escalation from a virtual agent to a person.',
  terms: terms(
    'any',
    [0, 'escalating', 'Escalating', 'Under way to a person.'],
    [1, 'escalated', 'Escalated', 'A person has taken over.'],
    [2, 'canceled', 'Canceled', 'Called off.'],
    [3, 'deflecting', 'Deflecting', 'Being deflected.'],
    [4, 'deflected', 'Deflected', 'Deflected to something other than a person.'],
  ),
}
