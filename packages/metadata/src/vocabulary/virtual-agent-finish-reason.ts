import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. */
export const virtualAgentFinishReasonVocabulary: Vocabulary = {
  name: 'virtual_agent_finish_reason',
  about: 'How the handling by a virtual agent ended.',
  terms: terms(
    'any',
    [null, 'undefined', 'Undefined', 'The platform does not say.'],
    [null, 'resolved', 'Resolved', 'The virtual agent settled the matter.'],
    [null, 'unexpectedly_ended', 'Ended unexpectedly', 'It broke off.'],
    [null, 'escalated', 'Escalated', 'The virtual agent handed over to a person.'],
    [null, 'failed', 'Failed', 'The virtual agent failed.'],
    [null, 'consumer_ended', 'Ended by end user', 'The end user left.'],
  ),
}
