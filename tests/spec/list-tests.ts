import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = new URL('../..', import.meta.url).pathname

/** A test, or a group of tests, as it stands in its file. */
export type NamedTest = { file: string; name: string; isGroup: boolean; invariants: string[] }

/** The names as written: `%s`, `$name` and `${…}` stand for what a case fills in. Skipped tests prove nothing. */
const nameOfTest =
  /(?:\b(?:test|it|describe)(?:\.(?!skip|todo)\w+)*|\)|`)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g
const invariantsAhead = /^(?:I\d+(?: |$))+/

/** Paths below the root. */
export function listFiles(pattern: string): string[] {
  const isForeign = (name: string): boolean => name.split('/').some((part) => foreign.has(part))
  return globSync(pattern, { cwd: root, exclude: isForeign }).sort()
}

const foreign = new Set(['node_modules', 'dist'])

export function listTestFiles(): string[] {
  return listFiles('{packages,services,tests}/**/*.test.ts')
}

/** Read from the text, not by running it: a document about the tests should not need the tests to start. */
export function listTests(): NamedTest[] {
  return listTestFiles().flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(nameOfTest)].map((found) => {
      const name = (found[2] ?? '').replaceAll(/\\(['"`\\])/g, '$1')
      return { file, name, isGroup: isGroup(text, found.index), invariants: invariantsOf(name) }
    })
  })
}

export function invariantsOf(name: string): string[] {
  return invariantsAhead.exec(name)?.[0].trim().split(' ') ?? []
}

/** The name of `test.each([…])('…')` stands far behind its `test`, so the nearest one that begins a line counts. */
function isGroup(text: string, end: number): boolean {
  const begun = [...text.slice(0, end + 'describe'.length).matchAll(/^\s*(test|it|describe)\b/gm)]
  return begun.at(-1)?.[1] === 'describe'
}
