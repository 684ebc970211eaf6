import { expect, test } from 'vitest'
import { listWrittenPages, readPage, readProse } from './list-pages.ts'

const pages = listWrittenPages()

/** Each place where a page uses one of these words, with what stands around it. */
function findWords(words: readonly string[], except: readonly string[] = []): string[] {
  const pattern = new RegExp(`.{0,30}\\b(?:${words.join('|')})\\b.{0,30}`, 'gi')
  return pages
    .filter((page) => !except.includes(page))
    .flatMap((page) =>
      [...readProse(page).replaceAll(/\s+/g, ' ').matchAll(pattern)].map(([found]) => `${page}: ${found}`),
    )
}

/** `story`, `stories`. */
function withPlural(word: string): string {
  return word.endsWith('y') ? `${word.slice(0, -1)}(?:y|ies)` : `${word}s?`
}

test('no page uses a word that docs/glossary.md avoids', () => {
  const avoided = [...readPage('docs/glossary.md').matchAll(/^\|[^|]+\|[^|]+\|([^|]+)\|$/gm)].flatMap(
    ([, cell = '']) => [...cell.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = '']) => word),
  )
  expect(avoided.length).toBeGreaterThan(5)
  expect(findWords(avoided.map(withPlural), ['docs/glossary.md'])).toEqual([])
})

test('no word of docs/glossary.md is listed twice, nor both used and avoided', () => {
  const rows = [...readPage('docs/glossary.md').matchAll(/^\| ([^|]+) \|[^|]+\|([^|]*)\|$/gm)]
  const used = rows.flatMap(([, words = '']) => words.split(', ')).filter((word) => word !== 'word')
  const avoided = rows.flatMap(([, , words = '']) => words.replaceAll('*', '').trim().split(', '))
  expect(used.length).toBeGreaterThan(70)
  expect(used.filter((word, index) => used.indexOf(word) < index)).toEqual([])
  expect(avoided.filter((word) => used.includes(word))).toEqual([])
})

test('pages are in plain English, without phrases that are archaic or translated', () => {
  const phrases = [
    'whoever',
    'whatever',
    'whichever',
    'whom',
    'nobody',
    'somebody',
    'anew',
    'so many',
    'at the most',
    'told of',
    'tells? of',
    'for ever',
    'of that (?:name|number)',
    'is at it',
    'by a person.s word',
    'in each other.s way',
    'brought to its end',
  ]
  expect(findWords(phrases)).toEqual([])
})
