import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from './config.ts'
import { configSchema } from './config-schema.ts'

const text = readFileSync(new URL('../../../../aftercall.example.yaml', import.meta.url), 'utf8')
/** Includes the keys without a default, which are comments with a # and no space. */
const withAllKeys = text.replace(/^(\s*)#(?=\w+:)/gm, '$1')
const env = {
  DATABASE_URL: 'postgres://db/aftercall',
  GCS_HMAC_ACCESS_ID: 'id',
  GCS_HMAC_SECRET: 'secret',
  AFTERCALL_IDENTITY_KEY: 'a key of thirty-two bytes or more',
  AFTERCALL_DOCUMENT_KEY: Buffer.alloc(32).toString('base64'),
}

test('the example is valid, with and without its optional keys', () => {
  expect(readConfig(text, env)).toMatchObject({ kind: 'valid' })
  expect(readConfig(withAllKeys, env)).toMatchObject({ kind: 'valid' })
})

test('the example shows every key of the schema', () => {
  expect(
    leavesOf(parse(withAllKeys))
      .map(([path]) => path)
      .sort(),
  ).toEqual(
    schemaLeaves()
      .map(([path]) => path)
      .sort(),
  )
})

test('the example shows the default of every key with a default', () => {
  const shown = new Map(leavesOf(parse(text)))
  const defaults = schemaLeaves().filter(([path, value]) => value !== undefined && !path.includes('backfill'))
  expect(defaults.length).toBeGreaterThan(10)
  for (const [path, value] of defaults) expect([path, shown.get(path)]).toEqual([path, value])
})

/** Path and value of every scalar. */
function leavesOf(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  if (Array.isArray(value)) return value.flatMap((entry) => leavesOf(entry, `${path}[]`))
  return Object.entries(value).flatMap(([key, entry]) => leavesOf(entry, `${path}.${key}`))
}

/** Path and default of every key in the schema that is not a section. */
function schemaLeaves(): [string, unknown][] {
  return walk(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }), '')
}

function walk(node: z.core.JSONSchema._JSONSchema | undefined, path: string): [string, unknown][] {
  if (typeof node !== 'object') return []
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, property]) => walk(property, `${path}.${key}`))
  }
  if (node.items !== undefined && !Array.isArray(node.items)) return walk(node.items, `${path}[]`)
  return [[path, node.default]]
}
