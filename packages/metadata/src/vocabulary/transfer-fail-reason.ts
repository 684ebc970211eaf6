import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.5. Sessions and participants have other reasons. */
export const transferFailReasonVocabulary: Vocabulary = {
  name: 'transfer_fail_reason',
  about: 'Why a transfer failed. Further values are unknown.',
  terms: terms(
    'any',
    [null, 'nothing', 'None', 'Nothing failed.'],
    [20, 'va_failure', 'Virtual agent failed', 'The virtual agent that was to take over failed.'],
  ),
}
