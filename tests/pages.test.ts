import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import infra from '../infra/package.json' with { type: 'json' }
import workspace from '../package.json' with { type: 'json' }
import { runCommand } from '../services/cli/test/run-command.ts'
import { listPages, listWrittenPages, readPage, readProse } from './list-pages.ts'
import { listFiles, root } from './spec/list-tests.ts'

const pages = listPages()

/** Those with commands to type. An ADR shows those of its time. */
const usedPages = [...listWrittenPages(), 'docs/failure-codes.md']

function linksOf(page: string): string[] {
  return [...readProse(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const titles = [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title)
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test('every link from a page to a file or a section leads there', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })))
  expect(links.length).toBeGreaterThan(300)
  const lost = links.filter(({ page, link }) => {
    if (/^[a-z]+:/.test(link)) return false
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? page : normalize(join(dirname(page), file))
    return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).has(anchor))
  })
  expect(lost).toEqual([])
})

/** `packages/ingest/src/outcome.ts`, `migrations/`, `biome.json`; no code such as `@aws-sdk/*` or `ingest.object`. */
const repositoryPath = /^(?:[\w.-]+\/[\w./-]*|[\w-]+\.(?:ts|json|md|yml|yaml|sql))$/

test('every path that ARCHITECTURE.md names is whole and leads to a file or folder', () => {
  const quoted = [...readPage('ARCHITECTURE.md').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  const paths = quoted.filter((text) => repositoryPath.test(text))
  expect(paths.length).toBeGreaterThan(50)
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('docs/README.md leads to every page of docs', () => {
  const listed = linksOf('docs/README.md')
  const inDocs = pages.flatMap((page) => /^docs\/([^/]+\.md)$/.exec(page)?.[1] ?? [])
  expect(inDocs.length).toBeGreaterThan(15)
  expect(inDocs.filter((page) => page !== 'README.md' && !listed.includes(page))).toEqual([])
})

/** `aftercall replay --failed --source acme`, in a block or in the text, without what a comment or the SQL says. */
const command =
  /(?:^ {4}|`)(?:npx |DATABASE_URL=\S+ |docker compose run --rm (?:--volume \S+ )?cli |aftercall )+((?:rejections )?[a-z]+)([^`\n#"]*)/gm

test('every command and option of aftercall in a page is one that there is', async () => {
  const uses = usedPages.flatMap((page) =>
    [...readPage(page).matchAll(command)].map(([, name = '', rest = '']) => ({ page, name, rest })),
  )
  const byName = Map.groupBy(uses, ({ name }) => name)
  expect(byName.size).toBeGreaterThan(14)
  const unknown: string[] = []
  for (const [name, ofName] of byName) {
    const { code, out } = await runCommand([...name.split(' '), '--help'])
    const isKnown = (option: string): boolean => code === 0 && out.includes(`${option} `)
    for (const { page, rest } of ofName) {
      if (code !== 0) unknown.push(`${page}: ${name}`)
      const options = rest.match(/--[a-z-]+/g) ?? []
      unknown.push(
        ...options.filter((option) => !isKnown(option)).map((option) => `${page}: ${name} ${option}`),
      )
    }
  }
  expect(unknown).toEqual([])
})

test('every npm script in a page is one of its package', () => {
  const uses = listWrittenPages().flatMap((page) =>
    [...readPage(page).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, script = '', short = '']) => ({ page, script: script || short }),
    ),
  )
  expect(uses.length).toBeGreaterThan(15)
  const isKnown = ({ page, script }: { page: string; script: string }): boolean =>
    Object.hasOwn((page.startsWith('infra/') ? infra : workspace).scripts, script)
  expect(uses.filter((use) => !isKnown(use))).toEqual([])
})

test.each([
  ['README.md', 'README.zh-CN.md'],
  ['docs/quickstart-aws.md', 'docs/quickstart-aws.zh-CN.md'],
])('%s and %s lead to each other, and have the same commands and headings', (english, chinese) => {
  const [one, other] = [english, chinese].map(readPage)
  expect(linksOf(english)).toContain(chinese.slice(chinese.lastIndexOf('/') + 1))
  expect(linksOf(chinese)).toContain(english.slice(english.lastIndexOf('/') + 1))
  expect(blocksOf(english).length).toBeGreaterThan(7)
  expect(blocksOf(chinese)).toEqual(blocksOf(english))
  const levels = (page = '') => [...page.matchAll(/^#+(?= )/gm)].map(([level]) => level)
  expect(levels(other)).toEqual(levels(one))
  const rows = (page = '') => page.match(/^\|/gm)?.length
  expect(rows(other)).toBe(rows(one))
})

/** Between fences, and what is indented. */
function blocksOf(page: string): string[] {
  const found = readPage(page).matchAll(/^```[\s\S]*?^```$|(?:^ {4}.*\n)+/gm)
  return [...found].map(([block]) => block.trimEnd())
}

/** The demo prints these lines; its numbers differ a little with each run. */
test.each([
  'everything is as expected.',
  'Objects by outcome (the ledger, ingest.object)',
  'Rows by table',
  'Lag (announced to committed)',
])('what README.md shows of the demo is what the demo prints: %s', (line) => {
  expect(readPage('README.md')).toContain(line)
  expect(listFiles('services/cli/src/**/*.ts').some((file) => readPage(file).includes(line))).toBe(true)
})
