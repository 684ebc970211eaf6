import { createTestLogin } from '@aftercall/testkit/test-login'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Bench, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterEach(endCommands)
afterAll(() => bench.close())

test.each([
  ['worker'],
  ['load', '.', '--source', 'acme'],
  ['reconcile', '--source', 'acme'],
  ['backfill', '--source', 'acme'],
  ['replay', '--rejected'],
])('%s refuses to work as a superuser, with exit code 2 and what to do', async (...command) => {
  const database = { url: bench.database.url, allowSuperuser: false }
  const config = await bench.writeConfig(`superuser-${command[0]}`, { database })
  const { code, stderr } = await runCommand([...command, '--config', config], { env: bench.env })
  expect(stderr).toMatch(
    /"postgres" is a superuser.*create role .* in role aftercall_loader.*allowSuperuser: true/,
  )
  expect(code).toBe(2)
})

test('I1 a worker without the rights to write takes no message, says which SQL to run, and begins once that was run', async () => {
  const login = await createTestLogin(inject('postgresUrl'))
  const config = await bench.writeConfig('rights', {
    database: { url: login.urlOf(bench.database.url), allowSuperuser: false },
  })
  await bench.put('acme/call-1.json', callWithId(1))
  const worker = await startWorker(config, { env: bench.env })
  const { msg } = await worker.untilLogs('lacks what loading needs')
  expect(String(msg)).toContain(`run: grant aftercall_loader to ${login.name};`)
  expect(await worker.readiness()).toMatchObject({ ready: false })
  expect(await worker.metric('aftercall_messages_received_total')).toBe(0)

  await sql`grant aftercall_loader to ${sql.id(login.name)}`.execute(bench.database.db)
  await worker.untilReady()
  await bench.untilSettled()
  expect(await bench.rows('select session_id::int from warehouse.session')).toEqual([{ session_id: 1 }])
  await worker.stop()

  const maintained = await runCommand(['maintain', '--config', config, '--dry-run'])
  expect([maintained.code, maintained.stderr]).toEqual([0, ''])
  await login.drop()
})
