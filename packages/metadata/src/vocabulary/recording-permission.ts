import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. The API's input has the aliases. */
export const recordingPermissionVocabulary: Vocabulary = {
  name: 'recording_permission',
  about: 'Whether the end user let the call be recorded.',
  terms: terms(
    'any',
    [null, 'granted', 'Granted', 'The end user agreed.', { aliases: ['recording_permission_granted'] }],
    [null, 'denied', 'Denied', 'The end user refused.', { aliases: ['recording_permission_denied'] }],
    [
      null,
      'not_asked',
      'Not asked',
      'The end user was not asked.',
      { aliases: ['recording_permission_not_asked'] },
    ],
  ),
}
