import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.7. Only the first two terms count for the ratio. */
export const serviceLevelEventVocabulary: Vocabulary = {
  name: 'service_level_event',
  about: 'What a stay in a queue counts as for the service level.',
  terms: terms(
    'any',
    [null, 'in_sla', 'In service level', 'The time in the queue was below the target.'],
    [null, 'not_in_sla', 'Out of service level', 'The time in the queue reached the target.'],
    [
      null,
      'excluded',
      'Excluded',
      'Not counted.',
      { certainty: 'unverified: the outcome is documented, its word is not' },
    ],
  ),
}
