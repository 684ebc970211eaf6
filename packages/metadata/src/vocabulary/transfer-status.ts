import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.4. */
export const transferStatusVocabulary: Vocabulary = {
  name: 'transfer_status',
  about: 'Statuses of transfers. Any other value is the outcome as it stands.',
  terms: terms(
    'any',
    [null, 'transferring', 'Transferring', 'Under way.'],
    [null, 'transferred', 'Transferred', 'Another agent or queue took it over.'],
  ),
}
