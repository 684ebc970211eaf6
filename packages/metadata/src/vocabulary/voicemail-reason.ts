import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const voicemailReasonVocabulary: Vocabulary = {
  name: 'voicemail_reason',
  about: 'Why a call became a voicemail. Further values are unknown.',
  terms: terms('any', [null, 'not_voicemail', 'No voicemail', 'The call is no voicemail.']),
}
