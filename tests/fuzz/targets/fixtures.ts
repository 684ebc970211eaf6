import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The bytes of each file in a folder, in the order of their names. */
export function filesIn(folder: string): Buffer[] {
  const path = new URL(`../../../${folder}`, import.meta.url).pathname
  return readdirSync(path)
    .sort()
    .map((name) => readFileSync(join(path, name)))
}

/** The keys and the short texts of JSON files: what a reader of such files looks for. */
export function wordsOf(files: readonly Uint8Array[]): string[] {
  const words = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length <= 40) words.add(value)
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) words.add(key)
      collect(child)
    }
  }
  for (const file of files) collect(JSON.parse(Buffer.from(file).toString()))
  return [...words].sort()
}
