import { terms, type Vocabulary } from './vocabulary.ts'

/** Contract, sections c.8 and h. */
export const menuTypeVocabulary: Vocabulary = {
  name: 'menu_type',
  about: 'Kinds of menus. Those of SMS and social channels are unknown.',
  terms: terms(
    'any',
    [null, 'ivr_menu', 'IVR', 'Menu of a phone number.'],
    [null, 'mobile_menu', 'Mobile', 'Menu in the mobile app.'],
    [null, 'web_menu', 'Web', 'Menu on a web page.'],
    [null, 'email_menu', 'E-mail', 'Menu of e-mail sessions.'],
  ),
}
