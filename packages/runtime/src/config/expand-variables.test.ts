// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration
import { describe, expect, test } from 'vitest'
import { expandVariables, type ValuePath } from './expand-variables.ts'

const env = { A: 'one', EMPTY: '', NESTED: '${A}', NUMBER: '12', constructor: undefined }

function expand(tree: unknown, type?: string) {
  return expandVariables(tree, env, () => type)
}

describe('in a scalar', () => {
  test.each([
    ['${A}', 'one'],
    ['x${A}y${A}', 'xoneyone'],
    ['${A:-two}', 'one'],
    ['${NONE:-two}', 'two'],
    ['${EMPTY:-two}', 'two'],
    ['${EMPTY}', ''],
    ['${NONE:-}', ''],
    ['${NONE:-https://h:1/p?q=$1}', 'https://h:1/p?q=$1'],
    ['${NESTED}', '${A}'],
    ['$${A}', '${A}'],
    ['$${A} and ${A}', '${A} and one'],
    ['$A costs $5', '$A costs $5'],
  ])('%s becomes %s', (text, expected) => {
    expect(expand(text)).toEqual({ value: expected, problems: [] })
  })

  test.each(['${', '${A', '${}', '${1A}', '${A-two}', '${A:two}', '${ A }'])(
    '%s is a problem and not taken literally',
    (text) => {
      const { value, problems } = expand(text)
      expect(value).toBeNull()
      expect(problems).toHaveLength(1)
    },
  )

  test('a variable in the default of another is a problem with its name, and leaves no stray brace', () => {
    for (const name of ['A', 'NONE'])
      expect(expand(`\${${name}:-\${B}}`)).toEqual({
        value: null,
        problems: [{ path: [], message: expect.stringContaining(`in the default of ${name}`) }],
      })
  })

  test('each unset variable is reported once', () => {
    expect(expand('${X}${Y}${X}').problems.map(({ message }) => message)).toEqual([
      'X is not set',
      'Y is not set',
    ])
  })

  test('inherited properties of objects are not variables', () => {
    expect(expand('${toString}').problems).toHaveLength(1)
    expect(expand('${constructor}').problems).toHaveLength(1)
  })
})

test('only scalars are expanded, each with its path; keys and other types are unchanged', () => {
  const paths: ValuePath[] = []
  const tree = { '${A}': ['${A}', { deep: '${A}', number: 1, yes: true }], nothing: null }
  const { value } = expandVariables(tree, env, (path) => paths.push(path) && undefined)
  expect(value).toEqual({ '${A}': ['one', { deep: 'one', number: 1, yes: true }] })
  expect(paths).toEqual([
    ['${A}', 0],
    ['${A}', 1, 'deep'],
  ])
})

test('an expanded scalar gets the type at its path, if its text fits', () => {
  expect(expand('${NUMBER}', 'integer').value).toBe(12)
  expect(expand('-${NUMBER}.5', 'number').value).toBe(-12.5)
  expect(expand('${NUMBER}', 'string').value).toBe('12')
  expect(expand('${A}', 'integer').value).toBe('one')
  expect(expand('${EMPTY}', 'number').value).toBe('')
  expect(expand('${NONE:-true}', 'boolean').value).toBe(true)
  expect(expand('${NONE:-yes}', 'boolean').value).toBe('yes')
})
