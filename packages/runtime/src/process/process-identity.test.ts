import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { processIdentity, stateOfProcess } from './process-identity.ts'

const isLinux = process.platform === 'linux'

test.runIf(isLinux)('a process runs until it was killed, and is gone then', async () => {
  expect(stateOfProcess(processIdentity())).toBe('running')
  const module = new URL('process-identity.ts', import.meta.url).href
  const script = `
    const { processIdentity } = await import(${JSON.stringify(module)})
    process.stdout.write(processIdentity())
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [identity] = await once(child.stdout, 'data')
  expect(stateOfProcess(String(identity))).toBe('running')
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  // Nothing asks here how it ended while this loop runs, so that it stays in the table of processes.
  const deadlineMs = performance.now() + 20_000
  while (stateOfProcess(String(identity)) === 'running' && performance.now() < deadlineMs);
  expect(stateOfProcess(String(identity))).toBe('gone')
  await closed
  expect(stateOfProcess(String(identity))).toBe('gone')
})

test.runIf(isLinux)('a pid that another process has now is of one that is gone', () => {
  const [boot, namespace, pid, started] = processIdentity().split(' ')
  expect(stateOfProcess([boot, namespace, pid, Number(started) - 1].join(' '))).toBe('gone')
})

test('the state of a process of another machine, boot, or container, or without an identity, is unknown', () => {
  const [boot, namespace, pid, started] = processIdentity().split(' ')
  expect(stateOfProcess(['other', namespace, pid, started].join(' '))).toBe('unknown')
  expect(stateOfProcess([boot, 'pid:[1]', pid, started].join(' '))).toBe('unknown')
  expect(stateOfProcess('')).toBe('unknown')
  expect(stateOfProcess([boot, namespace, 'x', started].join(' '))).toBe('unknown')
})
