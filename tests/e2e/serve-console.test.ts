import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest'
import { endCommands, startCommand } from './command.ts'
import { testMs, until } from './until.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let database: TestDatabase
let dir: string

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  dir = await mkdtemp(join(tmpdir(), 'aftercall-e2e-'))
})
afterEach(endCommands)
afterAll(async () => {
  await database.drop()
  await rm(dir, { recursive: true, force: true })
})

test('I9 the console says where it is, serves every page it links to, and ends with 0 on SIGTERM', async () => {
  const file = join(dir, 'aftercall.yaml')
  await writeFile(file, JSON.stringify({ database: { url: database.url }, console: { port: 0 } }))
  const command = startCommand(['console', '--json', '--config', file])
  const { url } = await until('it says where it is', () => JSON.parse(command.stdout()) as { url: string })
  const seen = new Set<string>()
  const left = ['/', '/healthz', '/readyz']
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const answer = await fetch(`${url}${path}`)
    const text = await answer.text()
    expect([path, answer.status]).toEqual([path, 200])
    if (answer.headers.get('content-type')?.startsWith('text/html') !== true) continue
    for (const [, found = ''] of text.matchAll(/(?:href|src)="(\/[^"#]*)"/g)) left.push(found)
  }
  for (const path of ['/rejections', '/sessions', '/drift', '/runs', '/days']) expect(seen).toContain(path)
  // Also with a connection that a client keeps open.
  command.kill('SIGTERM')
  expect((await command.ended()).code).toBe(0)
})
