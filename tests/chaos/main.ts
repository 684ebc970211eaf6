import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

/** `npm run chaos -- --minutes N --seed S`, or `--steps N` for as many steps as another run made. */
const { values } = parseArgs({
  options: { minutes: { type: 'string' }, steps: { type: 'string' }, seed: { type: 'string' } },
})
const given = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value }
const vitest = spawn(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', 'tests/chaos/chaos.test.ts', '--disable-console-intercept'],
  {
    stdio: 'inherit',
    cwd: new URL('../..', import.meta.url).pathname,
    env: {
      ...process.env,
      ...given('CHAOS_MINUTES', values.minutes ?? (values.steps === undefined ? '10' : undefined)),
      ...given('CHAOS_STEPS', values.steps),
      ...given('TEST_SEED', values.seed),
    },
  },
)
// It ends its servers before it ends itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal))
vitest.once('exit', (code) => {
  process.exitCode = code ?? 1
})
