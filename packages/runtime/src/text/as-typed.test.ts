import { expect, test } from 'vitest'
import { asTyped } from './as-typed.ts'

test('commands in a text are replaced by what the user must type, and nothing else is changed', () => {
  const text =
    'run aftercall migrate; then: aftercall replay --failed. grant aftercall_loader; s3://aftercall x; aftercall --help'
  expect(asTyped(text, 'npx aftercall')).toBe(
    'run npx aftercall migrate; then: npx aftercall replay --failed. grant aftercall_loader; s3://aftercall x; npx aftercall --help',
  )
  expect(asTyped(text, 'aftercall')).toBe(text)
  expect(asTyped(asTyped(text, 'npx aftercall'), 'npx aftercall')).toBe(asTyped(text, 'npx aftercall'))
})
