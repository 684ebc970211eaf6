import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../run-command.sh', import.meta.url))

type Stub = {
  /** What `run-task` answers. */
  started: object
  /** The pages of the log; a page is followed by the next, the last by itself. */
  pages?: string[][]
  exitCode?: string
}

/** Runs the script with an `aws` that answers as the real one, and keeps how it was called. */
function run(stub: Stub, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'aftercall-run-command-'))
  try {
    const calls = join(folder, 'calls')
    writeFileSync(join(folder, 'stub.json'), JSON.stringify(stub))
    writeFileSync(join(folder, 'aws'), aws)
    chmodSync(join(folder, 'aws'), 0o755)
    const { status, stdout, stderr } = spawnSync('bash', [script, 'aftercall', ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
        STUB: join(folder, 'stub.json'),
        CALLS: calls,
        POLL_SECONDS: '0',
      },
    })
    return { status, stdout, stderr, calls: readFileSync(calls, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const aws = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs')
const args = process.argv.slice(2)
appendFileSync(process.env.CALLS, args.join(' ') + '\\n')
const { started, pages = [[]], exitCode = '0' } = JSON.parse(readFileSync(process.env.STUB, 'utf8'))
const after = (name) => args[args.indexOf(name) + 1]
const described = readFileSync(process.env.CALLS, 'utf8').split('\\n').filter((call) => call.includes('lastStatus')).length
switch (args[1]) {
  case 'describe-stacks': console.log('value'); break
  case 'run-task': console.log(JSON.stringify(started)); break
  case 'get-log-events': {
    const page = args.includes('--next-token') ? Number(after('--next-token').slice(5)) : 0
    const events = (pages[page] ?? []).map((message) => ({ message }))
    console.log(JSON.stringify({ events, nextForwardToken: 'token' + Math.min(page + 1, pages.length) }))
    break
  }
  case 'describe-tasks':
    if (after('--query').includes('lastStatus')) console.log(described < 3 ? 'RUNNING' : 'STOPPED')
    else console.log(after('--query').includes('exitCode') ? exitCode : 'CannotPullContainerError')
}
`

const task = { tasks: [{ taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/aftercall/1234' }], failures: [] }

test('run-command.sh prints every page of the log, each line once, and exits as the command does', () => {
  const pages = [['listing', '100 of 300'], ['200 of 300'], ['300 of 300', 'done']]
  const { status, stdout, calls } = run(
    { started: task, pages, exitCode: '3' },
    'backfill',
    '--source',
    'a b',
  )
  assert.equal(stdout, 'listing\n100 of 300\n200 of 300\n300 of 300\ndone\n')
  assert.equal(status, 3)
  assert.match(calls, /"command":\["backfill","--source","a b"\]/)
})

test('run-command.sh ends with the reason when no task was placed', () => {
  const failures = [{ reason: 'Capacity is unavailable at this time.' }]
  const { status, stderr } = run({ started: { tasks: [], failures } }, 'doctor')
  assert.equal(status, 1)
  assert.match(stderr, /no task was started: .*Capacity is unavailable/)
})

test('run-command.sh says why a task did not run the command', () => {
  const { status, stderr } = run({ started: task, exitCode: 'None' }, 'doctor')
  assert.equal(status, 1)
  assert.match(stderr, /did not get so far as to run the command:\nCannotPullContainerError/)
})
