import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf } from './fuzz.ts'

const folderOf = (target: string): string => new URL(`corpus/${target}`, import.meta.url).pathname

/** The inputs of a target in the repository, in the order of their names. */
export function readCorpus(target: string): Uint8Array[] {
  return namesIn(folderOf(target)).map((name) => Uint8Array.from(readFileSync(join(folderOf(target), name))))
}

/** Replaces them. */
export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  rmSync(folderOf(target), { recursive: true, force: true })
  mkdirSync(folderOf(target), { recursive: true })
  for (const input of inputs) writeFileSync(join(folderOf(target), nameOf(input)), input)
}

/** Where an input that breaks a rule is left. Not in the repository: each becomes a test of its subject. */
export function writeFinding(target: string, input: Uint8Array): string {
  const folder = new URL('findings', import.meta.url).pathname
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${target}-${nameOf(input)}`)
  writeFileSync(path, input)
  return path
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // A new target has none.
    return []
  }
}
