import { afterEach, expect, test } from 'vitest'
import { endCommands, startCommand } from './command.ts'
import { until } from './until.ts'

afterEach(endCommands)

test('a command that fails ends every wait at once, with its exit code and its last output', async () => {
  startCommand(['worker', '--config', 'missing.yaml'])
  await expect(until('a worker has stored all', () => false)).rejects.toThrow(
    /until a worker has stored all\naftercall worker --config missing\.yaml ended with exit code 2: .*missing\.yaml/s,
  )
})

test('a wait for a line of the log ends when the command has ended without it, with the signal', async () => {
  const command = startCommand(['sql'], { env: { DATABASE_URL: 'postgres://127.0.0.1:1/none' } })
  command.kill('SIGKILL')
  await expect(command.untilLogs('never')).rejects.toThrow(
    'aftercall sql ended with signal SIGKILL: (nothing on stderr)',
  )
})

test('a command that failed before a test asked for its end ends no other wait', async () => {
  const command = startCommand(['worker', '--config', 'missing.yaml'])
  await until('it has written why', () => command.stderr().includes('missing.yaml'))
  await expect(until('nothing', () => false)).rejects.toThrow('ended with exit code 2')
  expect((await command.ended()).code).toBe(2)
  expect(await until('something else', () => 'it happened')).toBe('it happened')
  let asked = 0
  expect(await until('a second look', () => ++asked > 1 && asked)).toBe(2)
})
