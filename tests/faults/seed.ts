import { randomInt } from 'node:crypto'

/** Another seed in every run, printed so that `NAME=… npx vitest run …` repeats it. */
export function chooseSeed(name: string): string {
  const seed = process.env[name] ?? String(randomInt(1_000_000))
  process.stdout.write(`${name}=${seed}\n`)
  return seed
}
