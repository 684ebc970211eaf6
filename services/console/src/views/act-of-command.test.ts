import { expect, test } from 'vitest'
import { actOfCommand } from './act-of-command.ts'

test.each([
  ['aftercall maintain', { kind: 'maintain' }],
  ['aftercall replay --rejected --code not_json', { kind: 'replay', code: 'not_json' }],
  ['aftercall reconcile --source acme --fix', { kind: 'reconcile', source: 'acme', fix: 'on' }],
  ['aftercall backfill --resume 12', { kind: 'resume', run: '12' }],
])('%s is also a button', (command, fields) => {
  expect(actOfCommand(command)?.fields).toEqual(fields)
})

test.each([
  'aftercall maintain --allow-drop 12',
  'aftercall replay --failed',
  'aftercall replay --dead-letters',
  'aftercall doctor',
  'aftercall sql "select 1"',
  'aftercall',
])('%s is only a command: workers do not do it', (command) => {
  expect(actOfCommand(command)).toBeNull()
})
