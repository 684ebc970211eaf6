import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { schemaAt } from '../packages/runtime/src/config/config-schema.ts'
import { listModels } from './models/list-models.ts'
import { fillSpec, invariantsListed } from './spec/fill-spec.ts'
import { listTestFiles, listTests, root } from './spec/list-tests.ts'

const spec = readFileSync(join(root, 'docs/spec.md'), 'utf8')
const tests = listTests()
const invariants = Array.from({ length: 12 }, (_, index) => `I${index + 1}`)

type Bound = { limit: string; value: string; codes: string[]; file: string; proof: string }

/** The rows of the table of bounds: what, limit, default, code, where, test. */
const bounds: Bound[] = [...spec.matchAll(/^\|([^|]+\|){6}$/gm)]
  .map(([row]) => row.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells[5]?.startsWith('['))
  .map(([, , limit = '', value = '', code = '', where = '', proof = '']) => ({
    limit: unquoted(limit),
    value,
    codes: [...code.matchAll(/`(\w+)`/g)].map((found) => found[1] ?? ''),
    file: /\]\(\.\.\/([^)]+)\)/.exec(where)?.[1] ?? '',
    proof: unquoted(proof),
  }))

function unquoted(cell: string): string {
  return cell.replaceAll(/^`|`$/g, '')
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

test('docs/spec.md lists every test and model under each invariant that it is about (if not: npm run spec)', () => {
  expect(fillSpec(spec, tests, listModels())).toBe(spec)
})

test('every invariant has its section, its statement and a proof', () => {
  expect(invariantsListed(spec)).toEqual(invariants)
  const statements = [...spec.matchAll(/^## (I\d+) .+\n\n[A-Z]/gm)].map((found) => found[1])
  expect(statements).toEqual(invariants)
  const proven = new Set(tests.flatMap((one) => one.invariants))
  expect([...proven].sort()).toEqual(invariants.toSorted())
})

test('no test names an invariant in a way that the list does not see', () => {
  const names = new Set(tests.map((one) => one.name))
  const unseen = listTestFiles().flatMap((file) => {
    const texts = [...read(file).matchAll(/(['"`])(I\d+ (?:\\.|(?!\1)[^\\\n])*)\1/g)]
    return texts.map((found) => found[2] ?? '').filter((text) => !names.has(text.replaceAll("\\'", "'")))
  })
  expect(unseen).toEqual([])
})

test('every function that docs/spec.md names is in the file that it names', () => {
  const links = [...spec.matchAll(/^\|.*?\[([\w.]+)\]\(\.\.\/([^)]+)\)/gm)]
  expect(links.length).toBeGreaterThan(60)
  const lost = links.filter(
    ([, name = '', file = '']) => !existsSync(join(root, file)) || !defines(file, name),
  )
  expect(lost.map(([, name, file]) => `${name} in ${file}`)).toEqual([])
})

function defines(file: string, name: string): boolean {
  const escaped = name.replaceAll('.', '\\.')
  return new RegExp(`\\b(?:function\\*?|const|table) ${escaped}\\b`).test(read(file))
}

test('limits, defaults and codes of the bounds are those of the code', () => {
  expect(bounds.length).toBeGreaterThan(15)
  const code = read('packages/operator/src/failure-codes/object-failures.ts')
  const wrong = bounds.filter(({ limit, value, codes, file }) => {
    const isHeld = limit.startsWith('worker.')
      ? defaultOf(limit) === Number(value)
      : holds(file, limit, value)
    return !isHeld || codes.some((one) => !code.includes(`${one}:`))
  })
  expect(wrong.map(({ limit, value }) => `${limit} = ${value}`)).toEqual([])
})

function defaultOf(path: string): unknown {
  return schemaAt(path.split('.'))?.default
}

function holds(file: string, name: string, value: string): boolean {
  const written = read(file).replaceAll(`${name}: `, `${name} = `)
  return new RegExp(`\\b${name} = ${value.replaceAll('*', '\\*')}(?!\\w| \\*)`).test(written)
}

test('every test that a bound names exists', () => {
  const names = new Set(tests.map((one) => one.name))
  expect(bounds.map((one) => one.proof).filter((proof) => proof !== 'none' && !names.has(proof))).toEqual([])
})
