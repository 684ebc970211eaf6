import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. */
export const escalationReasonVocabulary: Vocabulary = {
  name: 'escalation_reason',
  about: 'Why a virtual agent handed over, or tried to.',
  terms: terms(
    'any',
    [0, 'unknown', 'Unknown', 'The platform does not know why.'],
    [1, 'by_end_user_ask', 'End user asked', 'The end user asked for a person.'],
    [2, 'by_end_user_message', 'End user wrote', 'A message of the end user called for it.'],
    [3, 'by_virtual_agent', 'Virtual agent', 'The virtual agent decided it.'],
    [4, 'payload_failure', 'Payload failure', 'The payload of the virtual agent could not be used.'],
    [5, 'could_not_resume', 'Could not resume', 'The virtual agent could not take it up again.'],
    [6, 'by_human_agent', 'Agent', 'A person decided it.'],
    [7, 'invalid_queue', 'Invalid queue', 'The queue that the virtual agent named does not exist.'],
    [8, 'dismissed', 'Dismissed', 'The session had been put away.'],
  ),
}
