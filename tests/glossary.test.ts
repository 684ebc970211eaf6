import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listWrittenPages, readPage, readProse } from './list-pages.ts'
import { root } from './spec/list-tests.ts'

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

/** The words in bold of the last column. */
const avoided = [...readPage('docs/glossary.md').matchAll(/^\|[^|]+\|[^|]+\|([^|]+)\|$/gm)].flatMap(
  ([, cell = '']) => [...cell.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = '']) => word),
)

test('no page uses a word that docs/glossary.md avoids', () => {
  expect(avoided.length).toBeGreaterThan(5)
  expect(findWords(avoided.map(withPlural), ['docs/glossary.md'])).toEqual([])
})

/** `handBack` and `hand_back` as `hand back`: names of variables, types, log fields and keys, but not comments and texts. */
function namesOf(code: string): string[] {
  const bare = code
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(?<!:)\/\/.*$/gm, '')
    .replaceAll(/'([^'\n]*)'(:?)/g, (_text, inner: string, colon: string) => (colon === '' ? '' : inner))
  return (bare.match(/[A-Za-z][\w$]*/g) ?? []).map((name) =>
    name.replaceAll(/(?<=[a-z\d])(?=[A-Z])|_/g, ' ').toLowerCase(),
  )
}

/** The column of `ingest.ensure_month` keeps the name that its migration gave it. */
const exceptions = ['packages/warehouse/src/maintenance/months.ts: verdict']

test('no name in the code uses a word that docs/glossary.md avoids', () => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const pattern = new RegExp(`\\b(?:${avoided.map(withPlural).join('|')})\\b`)
  expect(namesOf("logger.info({ handBack: 1, 'lane': story_of }, 'the verdict') // lanes").join()).toBe(
    'logger,info,hand back,lane,story of',
  )
  const found = files
    .split('\n')
    .filter((file) => file !== '' && file !== 'tests/glossary.test.ts' && existsSync(join(root, file)))
    .flatMap((file) =>
      namesOf(readFileSync(join(root, file), 'utf8'))
        .filter((name) => pattern.test(name))
        .map((name) => `${file}: ${name}`),
    )
  expect(found.filter((one) => !exceptions.includes(one))).toEqual([])
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
