import { readFileSync } from 'node:fs'

/**
 * Loaded before a program (`NODE_OPTIONS=--import …`), it gives it a wall clock that is wrong by the milliseconds in the
 * file that `SKEW_FILE` names, read at the start and again at every SIGUSR2. Timers and the monotonic clock stay right, as they
 * do when an operator or NTP sets the clock.
 */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: set by the test that preloads this file
const file = process.env.SKEW_FILE ?? ''
const readSkewMs = (): number => Number(readFileSync(file, 'utf8'))
let skewMs = readSkewMs()
process.on('SIGUSR2', () => {
  skewMs = readSkewMs()
  process.stderr.write(`the clock is wrong by ${skewMs} ms\n`)
})

const skewed: ProxyHandler<DateConstructor> = {
  construct: (real, args, target) =>
    Reflect.construct(real, args.length === 0 ? [real.now() + skewMs] : args, target),
  apply: (real) => new real(real.now() + skewMs).toString(),
  get: (real, name) => (name === 'now' ? () => real.now() + skewMs : Reflect.get(real, name)),
}
globalThis.Date = new Proxy(Date, skewed)
