import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeDocument } from './sample-session.ts'
import { sampleSessions } from './sample-stream.ts'

const fixtureFiles = [
  'real/call-1418.json',
  'real/chat-135.json',
  'synthetic/call-48213.json',
  'synthetic/call-48377.json',
  'synthetic/call-50102.json',
  'synthetic/call-51977.json',
  'synthetic/chat-9120.json',
]
// Their keys are the tenant's own.
const freeMaps = /(virtual_agent_params|sip_headers|custom_data_(not_)?secured)$/

type Shape = { keys: Map<string, string[][]>; types: Map<string, Set<string>> }

const text = (file: string) =>
  readFileSync(new URL(`../../testkit/fixtures/${file}`, import.meta.url), 'utf8')

function noteShape(shape: Shape, value: unknown, path: string): void {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  shape.types.set(path, (shape.types.get(path) ?? new Set()).add(type))
  if (Array.isArray(value)) {
    for (const row of value) noteShape(shape, row, `${path}[]`)
    return
  }
  if (typeof value !== 'object' || value === null || freeMaps.test(path)) return
  const kind = 'type' in value && path.endsWith('participants[]') ? `${path}(${value.type})` : path
  const orders = shape.keys.get(kind) ?? []
  orders.push(Object.keys(value))
  shape.keys.set(kind, orders)
  for (const [key, child] of Object.entries(value)) noteShape(shape, child, `${path}.${key}`)
}

function shapeOf(documents: Iterable<unknown>, channel: string): Shape {
  const shape: Shape = { keys: new Map(), types: new Map() }
  for (const document of documents) noteShape(shape, document, channel)
  return shape
}

function* sampleDocuments(channel: string): Generator<unknown> {
  for (const session of sampleSessions({ seed: 'shape', sessions: 8_000 })) {
    if (session.channel !== channel) continue
    for (const { document } of session.revisions) yield document
  }
}

describe.each(['call', 'chat'])('documents of a %s', (channel) => {
  const samples = shapeOf(sampleDocuments(channel), channel)
  const files = fixtureFiles.filter((file) => file.includes(`/${channel}-`))
  const read = (chosen: string[]) => chosen.map((file) => JSON.parse(text(file)))
  const known = shapeOf(read(files), channel)
  const real = shapeOf(read(files.filter((file) => file.startsWith('real/'))), channel)

  it('have every field of the known files', () => {
    const missing = [...known.types.keys()].filter((path) => !samples.types.has(path))
    expect(missing).toEqual([])
  })

  it('have every JSON type that a field of the known files has', () => {
    const missing = [...known.types].flatMap(([path, types]) => {
      return [...types]
        .filter((type) => !samples.types.get(path)?.has(type))
        .map((type) => `${path}: ${type}`)
    })
    expect(missing).toEqual([])
  })

  it('have the keys of the real files in their order, and other keys in the order of the synthetic files', () => {
    for (const [kind, orders] of new Map([...known.keys, ...real.keys])) {
      const own = new Set((samples.keys.get(kind) ?? []).map((keys) => keys.join(' ')))
      for (const order of orders) {
        for (const joined of own) {
          const common = joined.split(' ').filter((key) => order.includes(key))
          expect(common, kind).toEqual(order.filter((key) => common.includes(key)))
        }
      }
    }
  })
})

it('a written document has the bytes of the real files', () => {
  for (const file of fixtureFiles.slice(0, 2)) expect(writeDocument(JSON.parse(text(file)))).toBe(text(file))
})
