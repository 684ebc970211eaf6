import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../spec/list-tests.ts'

const run = promisify(execFile)

/** Where the Debian packages put them. */
export const hasSpin = ['/usr/bin/spin', '/usr/bin/gcc'].every((path) => existsSync(path))

/** `violated`: the property, or `no deadlock`, that does not hold; null if all hold in every state. */
export type Checked = { states: number; violated: string | null }

/** Of one check; a model that needs more has bounds that are too wide. */
const memoryMbMax = 3_000
const depthMax = 100_000
const spinMsMax = 60_000

/**
 * Visits every state of a model with these definitions, depth first, until a property is violated. Fails if it could not
 * visit all of them. `isShort`: the search is expected to cost less than an optimizing compiler.
 */
export async function checkModel(
  file: string,
  definitions: readonly string[],
  { isShort = false }: { isShort?: boolean } = {},
): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercall-model-'))
  try {
    const flags = definitions.map((one) => `-D${one}`)
    // A macro that contains itself would have spin expand it without end.
    await run('/usr/bin/spin', [...flags, '-a', join(root, file)], { cwd: folder, timeout: spinMsMax })
    const options = ['-DSAFETY', '-DCOLLAPSE', `-DMEMLIM=${memoryMbMax}`]
    const level = isShort ? '-O0' : '-O2'
    await run('/usr/bin/gcc', [level, '-w', ...options, '-o', 'pan', 'pan.c'], { cwd: folder })
    const { stdout } = await run('./pan', [`-m${depthMax}`], { cwd: folder, maxBuffer: 16_000_000 })
    return readAnswer(file, stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readAnswer(file: string, answer: string): Checked {
  const errors = /errors: (\d+)/.exec(answer)?.[1]
  const states = Number(/(\d+) states, stored/.exec(answer)?.[1])
  const [, assertion, deadlock] =
    /^pan:\d+: (?:assertion violated \(?(\w+)|(invalid end state))/m.exec(answer) ?? []
  const violated = assertion ?? (deadlock === undefined ? null : 'no deadlock')
  if (
    errors === undefined ||
    /too small|out of memory|memory limit/.test(answer) ||
    (errors !== '0' && violated === null)
  )
    throw new Error(`${file} was not checked to the end:\n${answer}`)
  return { states, violated }
}
