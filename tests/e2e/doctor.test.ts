import { expect, onTestFinished, test, vi } from 'vitest'
import { acme, openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

test('doctor reports on a set-up that works, one check per line, and on what went wrong with the files', async () => {
  const bench = await openBench()
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  const config = await bench.writeConfig('doctor')
  await bench.put('acme/call-1.json', callWithId(1, { fail_reason: 'eaten_by_a_shark' }))
  await bench.put('acme/broken.json', '{')
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  const metrics = (await worker.get('/metrics')).text
  expect(metrics).toContain('aftercall_unknown_words_total{vocabulary="fail_reason"} 1')
  await worker.stop()

  const { code, stdout, stderr } = await runCommand(['doctor', '--config', config], { env: bench.env })
  const lineOf = (check: string) => stdout.split('\n').find((line) => line.slice(9).startsWith(check))
  expect(lineOf('source acme: reading')).toMatch(/^ok .*s3:\/\/session-files\/acme\/ can be listed and read$/)
  expect(lineOf('dead letters')).toMatch(/^ok .* none$/)
  expect(lineOf('clock')).toMatch(/^ok .*database: in sync$/)
  expect(lineOf('rejections')).toMatch(
    /^notice .*acme: 1 object was rejected in the last 24 hours \(not_json\)\.$/,
  )
  const drift = 'session.fail_reason: the word "eaten_by_a_shark" is unknown to fail_reason'
  expect(stdout).toContain(`acme/call ${drift}; 1 document, for example s3://session-files/acme/call-1.json`)
  const explained = await runCommand(['explain', 's3://session-files/acme/call-1.json', '--config', config])
  expect(explained.stdout).toContain(`  drift      ${drift}, first seen here\n`)
  expect(stderr).toBe('')
  expect(code).toBe(0)
})

test('the log, /readyz and doctor say when no announced object belongs to a source', async () => {
  const bench = await openBench({ sources: [{ ...acme, prefix: 'metadata/' }] })
  onTestFinished(async () => {
    await endCommands()
    await bench.close()
  })
  const config = await bench.writeConfig('strays')
  for (const id of [1, 2, 3]) await bench.put(`acme/call-${id}.json`, callWithId(id))
  const worker = await startWorker(config, { env: bench.env })
  await bench.untilSettled()
  expect(worker.logs().filter(({ msg }) => String(msg).includes('belong to no source'))).toHaveLength(1)
  const { ready, checks } = await worker.readiness()
  expect(ready).toBe(true)
  expect(checks.find(({ name }) => name === 'sources')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('3 objects were announced, and none belongs to a source'),
  })
  const { code, stdout } = await runCommand(['doctor', '--config', config], { env: bench.env })
  expect(stdout).toMatch(
    /PROBLEM +announced objects +3 of 3 objects of the last 48 hours belong to no source/,
  )
  expect(code).toBe(1)
  await bench.put('metadata/call-4.json', callWithId(4))
  await bench.untilSettled()
  expect((await worker.readiness()).checks.find(({ name }) => name === 'sources')?.ok).toBe(true)
  await worker.stop()
})
