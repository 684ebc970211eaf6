import { expect, onTestFinished, test, vi } from 'vitest'
import { openBench } from './bench.ts'
import { endCommands, runCommand } from './command.ts'
import { callWithId } from './documents.ts'
import { testMs } from './until.ts'
import { startWorker } from './worker.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

test('doctor tells of a set-up that works, each finding on its line, and of what went wrong with the files', async () => {
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
  expect(lineOf('dead letters')).toMatch(/^ok .*none is waiting$/)
  expect(lineOf('clock')).toMatch(/^ok .*database: the same time$/)
  expect(lineOf('rejections')).toMatch(
    /^notice .*acme: 1 object could not be used in the last 24 hours \(not_json\)\.$/,
  )
  // The word itself is content, and stays in the row.
  expect(stdout).toContain('acme/call * (word unknown to fail_reason, 1 document')
  expect(stdout).not.toContain('shark')
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
