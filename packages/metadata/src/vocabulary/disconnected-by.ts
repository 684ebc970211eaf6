import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, sections c.8 and h. Newer files have the aliases. */
export const disconnectedByVocabulary: Vocabulary = {
  name: 'disconnected_by',
  about: 'Who ended the session.',
  terms: terms(
    'any',
    [null, 'disconnected_by_unknown', 'Unknown', 'The platform does not know who.', { aliases: ['unknown'] }],
    [null, 'disconnected_by_agent', 'Agent', 'The agent ended it.', { aliases: ['agent'] }],
    [null, 'disconnected_by_end_user', 'End user', 'The end user ended it.', { aliases: ['end_user'] }],
    [
      null,
      'disconnected_by_virtual_agent',
      'Virtual agent',
      'The virtual agent ended it.',
      {
        aliases: ['virtual_agent'],
        certainty: 'inferred: files have the word without its prefix',
      },
    ],
  ),
}
