import { execFile } from 'node:child_process'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { expect, test, vi } from 'vitest'
import { meterFlags } from './meter.ts'
import { targetNames } from './targets.ts'

vi.setConfig({ testTimeout: 600_000 })

const it = drawnTests({ quick: 1, thorough: 'all' })

type Ran = { code: number; out: string }

/** `npm run fuzz`, without leaving findings behind. */
function fuzz(target: string, ...args: string[]): Promise<Ran> {
  const main = new URL('main.ts', import.meta.url).pathname
  const flags = [
    ...meterFlags,
    main,
    '--target',
    target,
    '--minutes',
    '9',
    '--turn-minutes',
    '9',
    '--leave-none',
    ...args,
  ]
  return new Promise((resolve) => {
    execFile(process.execPath, flags, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: out + err })
    })
  })
}

const endsSoon = ['--findings', '1', '--cpu-seconds', '3']

it.each<readonly [target: string, what: string, message: string | RegExp]>([
  ['planted-error', 'an error behind three bytes', 'RangeError: reached'],
  ['planted-steps', 'steps that are quadratic in the bytes', /bytes took \d+ steps, more than/],
  [
    'planted-allocation',
    'an allocation that is quadratic in the bytes',
    /bytes allocated \d+ bytes, more than/,
  ],
  ['planted-loop', 'an input without an end', 'an input took more than 3 s of CPU time'],
])('the fuzzer finds %s: %s', async ([target, _what, message]) => {
  const { code, out } = await fuzz(target, '--inputs', '40000', '--seed', '1', ...endsSoon)
  expect(out).toMatch(message)
  expect(code).toBe(1)
})

test('the same seed tries the same inputs, another seed others', async () => {
  const ran = await Promise.all(
    ['3', '3', '4'].map((seed) => fuzz('planted-error', '--inputs', '200', '--seed', seed)),
  )
  const [one, same, other] = ran.map(({ out }) => /200 inputs \((\w+)\)/.exec(out)?.[1])
  expect(one).toBeDefined()
  expect(same).toBe(one)
  expect(other).not.toBe(one)
})

test('a target that does not exist is named with those that do', async () => {
  expect(await fuzz('nothing')).toEqual({ code: 2, out: expect.stringContaining(targetNames.join(', ')) })
})

const inputs = countOf({ quick: 0, thorough: 300 })

test.runIf(inputs > 0).each(targetNames)(
  'I5 inputs at random break no rule and no bound of cost: %s',
  async (target) => {
    const { code, out } = await fuzz(target, '--inputs', String(inputs), '--seed', String(seedOfTest()))
    expect([code, out]).toEqual([0, expect.stringContaining(' 0 findings')])
  },
)
