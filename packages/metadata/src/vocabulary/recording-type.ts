import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, sections c.8 and h. */
export const recordingTypeVocabulary: Vocabulary = {
  name: 'recording_type',
  about: 'Kinds of recordings. Further values are unknown.',
  terms: terms(
    'any',
    [null, 'default', 'Default', 'The ordinary recording of the call.'],
    [null, 'virtual_agent', 'Virtual agent', 'The recording of the time with a virtual agent.'],
  ),
}
