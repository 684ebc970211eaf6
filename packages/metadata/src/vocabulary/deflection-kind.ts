import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.6. Not named `deflection`, which is a fact table. */
export const deflectionKindVocabulary: Vocabulary = {
  name: 'deflection_kind',
  about:
    'What a session, transfer or escalation was deflected to. Most kinds are only described, their words unknown.',
  terms: terms(
    'any',
    [null, 'no_deflection', 'None', 'Not deflected.'],
    [
      null,
      'after_hours_message_only',
      'After-hours message',
      'Outside the hours of operation: a message was played or shown.',
    ],
    [
      null,
      'temp_redirection_queue',
      'Redirected to queue',
      'Redirected to another queue for the time being.',
    ],
    [
      null,
      'temp_redirection_phone',
      'Redirected to phone',
      'Redirected to a phone number for the time being.',
    ],
  ),
}
