import { pick, type Random } from '@aftercall/samples/random'
import { drawnTests } from '@aftercall/testkit/drawn-tests'
import { countOf } from '@aftercall/testkit/test-count'
import { createTestDatabase, type TestDatabase } from '@aftercall/testkit/test-database'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { everyInterleaving, oneAfterTheOther } from './explore.ts'
import { type Choose, interleave } from './interleave.ts'
import { openParties, type Parties } from './parties.ts'
import { type TransactionKind, transactionKinds, workOf } from './transaction-kinds.ts'
import { openWorld, type World } from './world.ts'

vi.setConfig({ testTimeout: 7_200_000 })

const it = drawnTests({ quick: 4, thorough: 'all' })

let database: TestDatabase
let world: World
let parties: Parties

beforeAll(async () => {
  database = await createTestDatabase(inject('postgresUrl'))
  world = await openWorld(database.db)
  parties = await openParties(database.url, 3)
})
afterAll(async () => {
  await parties?.close()
  await database?.drop()
})

type Run = { steps: readonly string[]; rest: string }

/** Runs them together, and returns what is there at the end. None may fail: what Postgres ends for another is tried again. */
async function runTogether(kinds: readonly TransactionKind[], choose: Choose): Promise<Run> {
  await world.begin()
  const works = kinds.map((kind, position) =>
    workOf(kind, kinds.slice(0, position).filter((one) => one === kind).length),
  )
  const { steps, ends } = await interleave(database.db, parties, works, choose)
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))
  expect(failed, steps.join('\n')).toEqual([])
  return { steps, rest: await world.rest() }
}

/** What the tables hold after one transaction after the other, in each order. Found when it is asked for. */
function serialEnds(kinds: readonly TransactionKind[]): {
  isOne(rest: string): Promise<boolean>
  all: Set<string>
} {
  const all = new Set<string>()
  const runs = everyInterleaving((choose) => runTogether(kinds, choose), oneAfterTheOther)
  return {
    all,
    isOne: async (rest) => {
      while (!all.has(rest)) {
        const { done, value } = await runs.next()
        if (done === true) return false
        expect(await world.differences(), value.steps.join('\n')).toEqual([])
        all.add(value.rest)
      }
      return true
    },
  }
}

async function expectSerial(serial: ReturnType<typeof serialEnds>, { steps, rest }: Run): Promise<void> {
  if (await serial.isOne(rest)) return
  const differing = [...serial.all].map((one) => differingRows(rest, one))
  const [least] = differing.sort((one, other) => one.length - other.length)
  expect.fail(`no order of whole transactions ends like this:\n${steps.join('\n')}\n\n${least?.join('\n')}`)
}

function differingRows(rest: string, other: string): string[] {
  const [own, others] = [new Set(rest.split('\n')), new Set(other.split('\n'))]
  return [
    ...[...own.difference(others)].map((row) => `+ ${row.slice(0, 600)}`),
    ...[...others.difference(own)].map((row) => `- ${row.slice(0, 600)}`),
  ]
}

const pairs = transactionKinds
  .flatMap((one, position) =>
    transactionKinds
      .slice(position)
      .map((other) => ({ pair: `${one.name} and ${other.name}`, kinds: [one, other] })),
  )
  // Of the pairs with a long one, `npm test` has the one that the promise is about.
  .filter(
    ({ pair, kinds }) =>
      countOf({ quick: 0, thorough: 1 }) === 1 || !hasLong(kinds) || pair === 'loader and eraser',
  )
const shortKinds = transactionKinds.filter((kind) => !hasLong([kind]))

function hasLong(kinds: readonly TransactionKind[]): boolean {
  return kinds.some(({ isLong }) => isLong === true)
}

const atRandom =
  (random: Random): Choose =>
  ({ ready }) =>
    pick(random, ready)

/** Of a pair; 0 for all of them, in the thorough tests. */
const samplesOf = (kinds: readonly TransactionKind[]): number =>
  hasLong(kinds) ? countOf({ quick: 1, thorough: 2 }) : countOf({ quick: 2, thorough: 0 })
/** Of a pair of long works. `INTERLEAVINGS=1500` takes an hour. */
const interleavingsMax = Number(process.env.INTERLEAVINGS ?? 25)

it.each(pairs)(
  'I2 I3 I4 $pair: in every order of their statements, the end is that of some order of them',
  async ({ pair, kinds }) => {
    const serial = serialEnds(kinds)
    const samples = samplesOf(kinds)
    const run = (choose: Choose) => runTogether(kinds, choose)
    let count = 0
    if (samples > 0) {
      const random = randomOfTest()
      for (; count < samples; count += 1) await expectSerial(serial, await run(atRandom(random)))
    } else {
      for await (const one of everyInterleaving(run)) {
        await expectSerial(serial, one)
        count += 1
        if (count === interleavingsMax) break
      }
    }
    const share = samples > 0 || count === interleavingsMax ? 'some' : 'all'
    process.stdout.write(`${pair}: ${count} interleavings, ${share}\n`)
  },
)

it('I2 I3 I4 of three transactions of random kinds, the end is that of some order', async () => {
  const random = randomOfTest()
  const count = countOf({ quick: 1, thorough: 20 })
  for (let done = 0; done < count; done += 1) {
    const kinds = [pick(random, shortKinds), pick(random, shortKinds), pick(random, shortKinds)]
    await expectSerial(serialEnds(kinds), await runTogether(kinds, atRandom(random)))
  }
  process.stdout.write(`three of any kind: ${count} interleavings\n`)
})

const named = (name: string): TransactionKind => {
  const kind = transactionKinds.find((one) => one.name === name)
  if (kind === undefined) throw new Error(`there is no kind ${name}`)
  return kind
}

/** Each lock that a function is made to go without, and two transactions that need it. */
const broken = [
  {
    lock: 'ingest.delete_from_month(date,text,integer)',
    without: `    perform from ingest.session_head head
    where head.source = of_source and head.channel = key.channel and head.session_id = key.session_id for update;`,
    kinds: ['loader', 'deleter'],
  },
  {
    lock: 'ingest.lock_partitions(regclass[])',
    without: 'lock table ingest.session_head in share row exclusive mode;',
    kinds: ['loader', 'dropper'],
  },
].slice(0, countOf({ quick: 1, thorough: 2 }))

test.for(broken)('a transaction without a lock of $lock is found', async ({ lock, without, kinds }) => {
  const answer = await sql<{
    text: string
  }>`select pg_get_functiondef(${lock}::regprocedure) as text`.execute(database.db)
  const text = answer.rows[0]?.text ?? ''
  expect(text).toContain(without)
  await sql.raw(text.replace(without, 'null;')).execute(database.db)
  const found: string[] = []
  try {
    const chosen = kinds.map(named)
    const serial = serialEnds(chosen)
    for await (const { rest, steps } of everyInterleaving((choose) => runTogether(chosen, choose))) {
      if (await serial.isOne(rest)) continue
      found.push(...steps)
      break
    }
  } catch (error) {
    found.push(String(error))
  } finally {
    await sql.raw(text).execute(database.db)
  }
  expect(found).not.toEqual([])
})
