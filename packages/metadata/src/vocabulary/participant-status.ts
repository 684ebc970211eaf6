import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.4. */
export const participantStatusVocabulary: Vocabulary = {
  name: 'participant_status',
  about: 'Statuses of participants. Further values are unknown.',
  terms: terms(
    'any',
    [null, 'waiting', 'Waiting', 'Not yet connected.'],
    [null, 'connected', 'Connected', 'In the session.'],
    [null, 'finished', 'Finished', 'Has left the session.'],
  ),
}
