import { en, type Texts } from '../src/texts/en.ts'
import { allLanguages } from '../src/texts/languages.ts'
import type { Shell } from '../src/views/shell.ts'

/** What pages need around them. */
export function testShell(now: Date, texts: Texts = en): Shell {
  return {
    ...{ assets: { style: '/s', script: '/j', keyboard: '/k' }, version: '1', program: 'aftercall' },
    ...{ now, texts, languages: allLanguages, address: '/' },
  }
}
