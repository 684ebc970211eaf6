// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration

import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { printProblems, readConfig } from './config.ts'

const secret = 'hunter2-hunter2'

const names = fc.constantFrom(
  'database',
  'url',
  'queues',
  'live',
  'sources',
  'name',
  'bucket',
  'prefix',
  'worker',
  'inFlight',
  'http',
  'port',
  'raw',
  'extra',
  's3',
  'forcePathStyle',
  'timeZone',
  '__proto__',
  'constructor',
  '',
)
const leaf = fc.oneof(
  fc.constantFrom(secret, `postgres://u:${secret}@h/d`, `*${secret}`, `!${secret}`, `\${A:-${secret}}`),
  fc.constantFrom('${A}', '${SECRET}', `\${${secret}`, '$${A}', '${constructor}'),
  fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(names, tie('tree'), { maxKeys: 6 }),
  ),
}))

function readAnything(text: string): string {
  const result = readConfig(text, { SECRET: secret, DATABASE_URL: secret })
  return result.kind === 'invalid' ? printProblems(result.problems, 'a.yaml') : ''
}

test('I10 no value of the file or of the environment is in a problem, for any tree', () => {
  const property = fc.property(tree, (anything) => {
    expect(readAnything(stringify(anything))).not.toContain(secret)
  })
  fc.assert(property, propertyOptions(300))
})

test('I10 no value is in a problem or a warning, for any invalid YAML', () => {
  const warn = vi.spyOn(process, 'emitWarning')
  const broken = fc.constantFrom(
    ' ',
    '\n',
    '\t',
    '"',
    "'",
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*',
    '!',
    '@',
    '#',
    '|',
    '%',
    '---',
    'url',
    '\\',
  )
  const property = fc.property(
    fc.array(fc.oneof(broken, fc.constant(secret)), { maxLength: 12 }),
    (parts) => {
      const messages = readConfig(parts.join(''), {})
      if (messages.kind === 'valid') return
      for (const { message } of messages.problems) expect(message).not.toContain(secret)
    },
  )
  fc.assert(property, propertyOptions(1_000))
  expect(warn).not.toHaveBeenCalled()
})

test('I11 any text gives a result, and an invalid text a problem', () => {
  const property = fc.property(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      tree.map((value) => stringify(value)),
    ),
    (text) => {
      const result = readConfig(text, {})
      if (result.kind === 'invalid') expect(result.problems.length).toBeGreaterThan(0)
    },
  )
  fc.assert(property, propertyOptions(300))
})

test('I10 a mapping used as a key, which the parser would quote in a warning, gives no warning (found above)', () => {
  const warn = vi.spyOn(process, 'emitWarning')
  expect(readAnything(`? { ${secret}: 1 }\n: 2\n`)).not.toBe('')
  expect(warn).not.toHaveBeenCalled()
})

test('I10 a value in place of a key is not in a problem', () => {
  const messages = readAnything(`database:\n  ? postgres://u:${secret}@h/d\n  : 1\n`)
  expect(messages).toContain('database.<a key of 32 characters>')
  expect(messages).not.toContain(secret)
})

test('I11 an alias inside its own anchor is a problem', () => {
  for (const text of ['database: &a { url: *a }', 'sources: &a [*a]']) {
    expect(readAnything(text)).toContain('is used inside its own anchor')
  }
})

test('I11 a text with very many unclosed variables is refused in time linear in its length', () => {
  expect(readAnything(`database: { url: '${'${A:-'.repeat(100_000)}' }`)).toContain(
    'without a valid variable',
  )
})
