import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5, for calls, from the API. A virtual agent's handling has other reasons. */
export const finishReasonVocabulary: Vocabulary = {
  name: 'finish_reason',
  about: 'How a call finished, as the API says.',
  terms: terms(
    'call',
    [null, 'no_reason', 'None', 'Nothing out of the ordinary.'],
    [
      20001,
      'virtual_agent_escalation_failed',
      'Escalation failed',
      'The virtual agent could not hand the call to a person.',
    ],
    [
      60001,
      'va_callback_machine_detected',
      'Machine detected',
      'A machine answered the callback of a virtual agent.',
    ],
  ),
}
