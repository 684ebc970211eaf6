import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from '@cdktf/hcl2json'
import { z } from 'zod'

export const moduleFolder = fileURLToPath(new URL('../terraform', import.meta.url))

const block = z.array(z.record(z.string(), z.unknown()))
const byName = z.record(z.string(), block)
/** What HashiCorp's own parser makes of a file: expressions stay texts in `${…}`. */
const fileSchema = z.strictObject({
  terraform: z.unknown().optional(),
  variable: byName.default({}),
  output: byName.default({}),
  locals: block.default([]),
  data: z.record(z.string(), byName).default({}),
  resource: z.record(z.string(), byName).default({}),
})
export type ModuleFile = z.output<typeof fileSchema>

/** @throws with line and reason, for a file that Terraform could not parse. */
export async function parseHcl(name: string, text: string): Promise<unknown> {
  return JSON.parse(JSON.stringify(await parse(name, text)))
}

async function readModule(): Promise<ModuleFile[]> {
  const names = readdirSync(moduleFolder).filter((name) => name.endsWith('.tf'))
  const texts = names.map((name) => [name, readFileSync(`${moduleFolder}/${name}`, 'utf8')] as const)
  return Promise.all(texts.map(async ([name, text]) => fileSchema.parse(await parseHcl(name, text))))
}

export const files = await readModule()

/** Every `resource` or `data` block of a type, by its name. */
export function blocksOf(kind: 'resource' | 'data', type: string): Record<string, Record<string, unknown>> {
  const found = files.flatMap((file) => Object.entries(file[kind][type] ?? {}))
  return Object.fromEntries(found.map(([name, [body = {}]]) => [name, body]))
}

/** The locals of all files. */
export const locals: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...files.flatMap((file) => file.locals),
)

/** The texts in a value, at any depth. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
