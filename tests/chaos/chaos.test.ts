import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { integer, randomFrom } from '@aftercall/samples/random'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase } from '@aftercall/testkit/test-database'
import { seedOfTest } from '@aftercall/testkit/test-seed'
import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Ended } from '../e2e/command.ts'
import { runHere } from '../e2e/run-here.ts'
import { breakSomething, type Fault } from './faults.ts'
import { factsOf, plainLoad } from './plain-load.ts'
import { type Command, type PlannedFile, planSteps } from './plan.ts'
import { openStage, type Stage, sources } from './stage.ts'
import { upgradeWhileLoading } from './upgrade.ts'

vi.setConfig({ testTimeout: 24 * 3_600_000, hookTimeout: 600_000 })

const { CHAOS_MINUTES, CHAOS_STEPS } = process.env
/** By `npm run chaos`, or as many as the thorough run has time for. */
const stepsMax = Number(
  CHAOS_STEPS ?? (CHAOS_MINUTES === undefined ? countOf({ quick: 0, thorough: 5 }) : 'Infinity'),
)
const minutes = Number(CHAOS_MINUTES ?? 'Infinity')

test.runIf(stepsMax > 0)(
  'I1 I2 I3 I4 I9 after everything has broken in turn, the tables are what a plain loader makes of the same files',
  async () => {
    const seed = seedOfTest()
    const untilMs = performance.now() + minutes * 60_000
    const stage = await openStage()
    await upgradeWhileLoading(stage, randomFrom(`upgrade ${seed}`))
    const lake = await mkdtemp(join(tmpdir(), 'aftercall-chaos-'))
    onTestFinished(() => rm(lake, { recursive: true, force: true }))
    const files: PlannedFile[] = []
    const counts = new Map<Fault, number>()
    for (const step of planSteps(seed)) {
      if (step.number > stepsMax || performance.now() > untilMs) break
      process.stdout.write(
        `step ${step.number}: ${step.fault}, ${step.files.length} files, ${step.command}\n`,
      )
      const half = Math.ceil(step.files.length / 2)
      await land(stage, step.files.slice(0, half))
      const endFault = await breakSomething(stage, step.fault, step.random)
      const running = runMeanwhile(stage, step.command, lake)
      await land(stage, step.files.slice(half))
      // It lasts a while, and nothing is expected of that.
      await wait(integer(step.random, 100, 1_500))
      await endFault()
      await running
      files.push(...step.files)
      counts.set(step.fault, (counts.get(step.fault) ?? 0) + 1)
    }
    await quieten(stage)
    await expectRejections(stage, files)
    await expectCommandsWell(stage, lake)
    const rows = await expectFacts(stage)
    const faults = [...counts].map(([fault, count]) => `${fault} ${count}`).join(', ')
    process.stdout.write(
      `chaos: seed ${seed}, ${stage.landed.length} files, faults: ${faults}; ${stage.kills} kills, ${rows} compared rows\n`,
    )
  },
)

async function land({ bench, landed }: Stage, files: readonly PlannedFile[]): Promise<void> {
  for (const { key, bytes } of files) {
    await bench.put(key, bytes)
    landed.push(key)
  }
}

function commandOf({ config }: Stage, command: Command, lake: string): string[] | undefined {
  switch (command) {
    case 'nothing':
      return undefined
    case 'reconcile':
      return ['reconcile', '--source', sources[0]?.name ?? '', '--fix', '--config', config]
    case 'maintain':
      return ['maintain', '--config', config]
    case 'rollup':
      return ['rollup', '--config', config]
    case 'publish':
      return ['publish', 'session', 'queue_entry', '--to', lake, '--once', '--config', config]
  }
}

/** A command may fail while something is broken, but it says so, and ends. */
async function runMeanwhile(stage: Stage, command: Command, lake: string): Promise<void> {
  const args = commandOf(stage, command, lake)
  if (args === undefined) return
  const ended = await runHere(args, { env: envOf(stage) })
  expect([0, 1, 3], describe(ended)).toContain(ended.code)
}

async function expectCommandsWell(stage: Stage, lake: string): Promise<void> {
  const run = async (args: string[]): Promise<void> => {
    const ended = await runHere(args, { env: envOf(stage) })
    expect(ended.code, describe(ended)).toBe(0)
  }
  for (const command of ['maintain', 'publish'] as const) {
    const args = commandOf(stage, command, lake)
    if (args !== undefined) await run(args)
  }
  const { rows } = await sql<{ from: string; to: string }>`
    select (min(created_at) - interval '2 days')::date::text as from, (max(created_at) + interval '2 days')::date::text as to
    from warehouse.session`.execute(stage.db)
  await run([
    'rollup',
    '--check',
    '--from',
    rows[0]?.from ?? '',
    '--to',
    rows[0]?.to ?? '',
    '--config',
    stage.config,
  ])
}

const envOf = ({ bench }: Stage): Record<string, string> => bench.env

function describe({ code, signal, stdout, stderr }: Ended): string {
  return `ended with ${code ?? signal}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`
}

/** Nothing is broken any more, and everything that was announced has ended. */
async function quieten(stage: Stage): Promise<void> {
  stage.proxy.setRule()
  stage.passAll()
  await stage.server.restore()
  await stage.bench.untilSettled()
  expect(await stage.bench.deadLetters()).toBe(0)
  for (const { name } of sources) {
    const ended = await runHere(['reconcile', '--source', name, '--fix', '--config', stage.config], {
      env: envOf(stage),
    })
    expect([0, 3], describe(ended)).toContain(ended.code)
  }
  for (const worker of stage.workers) await worker.stop()
}

/** Exactly the files that cannot be used are rejected, each for its reason; every file has an entry in the ledger. */
async function expectRejections({ db, landed }: Stage, files: readonly PlannedFile[]): Promise<void> {
  const expected = files.flatMap(({ key, ends }) => (ends === 'session' ? [] : [`${key} ${ends.rejectedAs}`]))
  const rejected = await sql<{ line: string }>`
    select distinct object_key || ' ' || code as line from ingest.rejection order by 1`.execute(db)
  expect(rejected.rows.map(({ line }) => line)).toEqual([...new Set(expected)].sort())
  const ledger = await sql<{ key: string; outcome: string }>`
    select object_key as key, outcome from ingest.object order by 1`.execute(db)
  expect(new Set(ledger.rows.map(({ key }) => key))).toEqual(new Set(landed))
  expect(ledger.rows.filter(({ outcome }) => outcome === 'failed' || outcome === 'missing')).toEqual([])
}

/** Resolves with the number of compared rows. */
async function expectFacts({ db, bench, landed, server }: Stage): Promise<number> {
  const plain = await createTestDatabase(server.url)
  onTestFinished(plain.drop)
  await plainLoad(plain.db, bench.env, landed)
  const expected = await factsOf(plain.db)
  let rows = 0
  for (const [table, found] of await factsOf(db)) {
    expect([table, found]).toEqual([table, expected.get(table)])
    rows += found.length
  }
  return rows
}
