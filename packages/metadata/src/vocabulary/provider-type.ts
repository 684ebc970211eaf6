import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, section c.8. */
export const providerTypeVocabulary: Vocabulary = {
  name: 'provider_type',
  about: 'Services that carry the messages of a chat. Further values are unknown.',
  terms: terms('any', [
    null,
    'twilio_conversations',
    'Twilio Conversations',
    'Twilio Conversations carries the messages.',
  ]),
}
