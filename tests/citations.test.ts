import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const contract = readFileSync(join(root, 'docs/data-contract.md'), 'utf8')

/** What can be cited: headings (`c`, `c.1`), numbered statements below a heading (`a.1.4`), and rules (`g 8`). */
const places = placesIn(contract)

function placesIn(page: string): Set<string> {
  const found = new Set<string>()
  let heading = ''
  for (const line of page.split('\n')) {
    const headingHere = /^##+ ([a-h](?:\.\d+)?)\.? /.exec(line)?.[1]
    if (headingHere !== undefined) heading = headingHere
    const statement = /^(\d+)\. /.exec(line)?.[1]
    const rule = heading === 'g' ? /^\| (\d+) \|/.exec(line)?.[1] : undefined
    if (headingHere !== undefined) found.add(headingHere)
    if (statement !== undefined) found.add(`${heading}.${statement}`)
    if (rule !== undefined) found.add(`g ${rule}`)
  }
  return found
}

/** `contract, section g, rules 4 and 5`, `contract, b.2 and c.6`, `contract g.7`: the part that names places. */
const citation =
  /\bcontract,? \(?(?:from )?((?:(?:sections?|rules?|and|from|to|on) |[a-h](?:\.\d+)*(?![a-z'])|\d+|[,:;() ]|"[^"]*")+)/gi

function citedPlaces(words: string): string[] {
  const cited: string[] = []
  let section = ''
  for (const [token] of words.matchAll(/\b[a-h](?:\.\d+)*\b|\b\d+\b/g)) {
    if (/^[a-h]/.test(token)) {
      section = token
      cited.push(/^g\.\d/.test(token) ? `g ${token.slice(2)}` : token)
    } else if (section === 'g') cited.push(`g ${token}`)
  }
  return cited
}

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.sql', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

/** Comments wrap: a citation may continue on the next line, behind that line's comment mark. */
function citationsOf(file: string): { file: string; words: string; cited: string[] }[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\n\s*(?:\*|\/\/|--)? ?/g, ' ')
  return [...text.matchAll(citation)]
    .map(([words = '', tail = '']) => ({ file, words, cited: citedPlaces(tail.replace(/"[^"]*"/g, '')) }))
    .filter(({ cited }) => cited.length > 0)
}

test('each citation of the data contract leads to a place in docs/data-contract.md', () => {
  const citations = files.flatMap(citationsOf)
  expect(citations.length).toBeGreaterThan(90)
  const broken = citations.flatMap(({ file, words, cited }) =>
    cited.filter((place) => !places.has(place)).map((place) => `${file}: ${place} in "${words}"`),
  )
  expect(broken).toEqual([])
})

test('each citation of a section of ARCHITECTURE.md leads to one', () => {
  const sections = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const cited = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(/\n\s*(?:\*|\/\/|--)? ?/g, ' ')
    return [...text.matchAll(/ARCHITECTURE\.md, "([^"]+)"/g)].map(([, title = '']) => title)
  })
  expect(cited.length).toBeGreaterThan(2)
  expect(cited.filter((title) => !sections.includes(`\n## ${title}\n`))).toEqual([])
})
