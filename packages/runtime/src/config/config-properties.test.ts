// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration

import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { printProblems, readConfig } from './config.ts'

const secret = 'hunter2-hunter2'

const names = fc.constantFrom(
  ...['database', 'url', 'queues', 'live', 'sources', 'name', 'bucket', 'prefix', 'worker', 'inFlight'],
  ...['http', 'port', 'raw', 's3', 'forcePathStyle', 'timeZone', '__proto__', 'constructor', ''],
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
  const reading = readConfig(text, { SECRET: secret, DATABASE_URL: secret })
  return reading.kind === 'invalid' ? printProblems(reading.problems, 'a.yaml') : ''
}

test('I10 no value of the file or of the environment is in a problem, whatever tree is read', () => {
  const property = fc.property(tree, (anything) => {
    expect(readAnything(stringify(anything))).not.toContain(secret)
  })
  fc.assert(property, propertyOptions(300))
})

test('I10 no value is in a problem or a warning, however broken the YAML is', () => {
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

test('I11 any text at all is read to a value, and an invalid one has a problem', () => {
  const property = fc.property(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      tree.map((one) => stringify(one)),
    ),
    (text) => {
      const reading = readConfig(text, {})
      if (reading.kind === 'invalid') expect(reading.problems.length).toBeGreaterThan(0)
    },
  )
  fc.assert(property, propertyOptions(300))
})

test('I10 a mapping used as a key, which the parser would quote in a warning, is no warning (found above)', () => {
  const warn = vi.spyOn(process, 'emitWarning')
  expect(readAnything(`? { ${secret}: 1 }\n: 2\n`)).not.toBe('')
  expect(warn).not.toHaveBeenCalled()
})

test('I10 a value where a key belongs is not in a problem', () => {
  const messages = readAnything(`database:\n  ? postgres://u:${secret}@h/d\n  : 1\n`)
  expect(messages).toContain('database.<a key of 32 characters>')
  expect(messages).not.toContain(secret)
})

test('I11 an alias within its own anchor is a problem', () => {
  for (const text of ['database: &a { url: *a }', 'sources: &a [*a]']) {
    expect(readAnything(text)).toContain('stands within what it is a name for')
  }
})

test('I11 a text of very many variables that are not closed is refused in time that grows with its length', () => {
  expect(readAnything(`database: { url: '${'${A:-'.repeat(100_000)}' }`)).toContain('is no variable')
})
