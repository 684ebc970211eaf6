import { setTimeout as wait } from 'node:timers/promises'
import type { EmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { createSqsClient } from '@aftercall/storage/aws/aws-clients'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import { sendMessages } from '@aftercall/storage/queue/send-messages'
import { openReadOnlySession } from '@aftercall/warehouse/read-only/read-only-query'
import {
  closePlace,
  command,
  openPlace,
  print,
  query,
  start,
  wholeOutput,
  withStack,
} from './backfill-place.ts'

/**
 * Compares a backfill of N files with the live path for as many files, taking turns in one run. Then runs a backfill that
 * is killed again and again.
 *
 *     node bench/backfill.ts [files to compare, 6,000 by default] [files of the killed run, 0] [kills, 10]
 */
const [compared = 6_000, killedFiles = 0, kills = 10] = process.argv.slice(2).map(Number)
const rounds = 3

await withStack(async (stack) => {
  const rates = { backfill: [] as number[], live: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    rates.backfill.push(await measureBackfill(stack, compared))
    rates.live.push(await measureLive(stack, compared))
  }
  const [backfill, live] = [median(rates.backfill), median(rates.live)]
  print(`backfill direct: ${backfill.toFixed(0)} files/s (${list(rates.backfill)})`)
  print(`live path:       ${live.toFixed(0)} files/s (${list(rates.live)})`)
  print(`ratio: ${(backfill / live).toFixed(2)}`)
  if (killedFiles > 0) await measureKilled(stack, killedFiles)
})

async function measureBackfill(stack: EmbeddedStack, objects: number): Promise<number> {
  const place = await openPlace(stack, { objects })
  const args = ['backfill', '--config', place.config, '--source', 'bench', '--json']
  const child = start([command, ...args], place.env)
  const output = await wholeOutput(child)
  const { seconds, counts } = JSON.parse(output.stdout)
  if (counts.stored !== objects) throw new Error(`stored ${JSON.stringify(counts)}: ${output.stderr}`)
  print(`  backfill: ${objects} files in ${seconds} s, RSS max ${output.rssMaxMiB.toFixed(0)} MiB`)
  await closePlace(place)
  return objects / seconds
}

async function measureLive(stack: EmbeddedStack, objects: number): Promise<number> {
  const queue = await stack.aws.createQueue(`live-${Date.now()}`, { visibilitySeconds: 600 })
  const place = await openPlace(stack, { objects, liveUrl: queue.url })
  const sqs = createSqsClient({ queueUrl: queue.url, env: stack.awsEnvironment })
  const keys = (await listKeys(place.port)).map((key) => ({ bucket: 'bench', key }))
  const eventTime = new Date()
  await sendMessages(
    sqs,
    queue.url,
    keys.map((ref) => writeS3Notification([ref], { eventTime })),
  )
  sqs.destroy()
  const child = start([command, 'worker', '--config', place.config], { ...place.env, LOG_LEVEL: 'warn' })
  const output = wholeOutput(child)
  const [first, last] = await settledBetween(place.url, objects)
  child.kill('SIGTERM')
  const { rssMaxMiB } = await output
  await closePlace(place)
  const seconds = (last - first) / 1000
  print(`  live: ${objects} files in ${seconds.toFixed(1)} s, RSS max ${rssMaxMiB.toFixed(0)} MiB`)
  return objects / seconds
}

async function measureKilled(stack: EmbeddedStack, objects: number): Promise<void> {
  const place = await openPlace(stack, { objects })
  const startedAt = performance.now()
  let args = ['--source', 'bench']
  let rssMaxMiB = 0
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = start([command, 'backfill', '--config', place.config, '--json', ...args], place.env)
    const output = wholeOutput(child)
    const target = Math.floor((objects * (kill - Math.random() * 0.8)) / (kills + 1))
    await untilSettled(place.url, target)
    child.kill('SIGKILL')
    rssMaxMiB = Math.max(rssMaxMiB, (await output).rssMaxMiB)
    args = ['--resume', '1']
  }
  const last = await wholeOutput(
    start([command, 'backfill', '--config', place.config, '--json', ...args], place.env),
  )
  rssMaxMiB = Math.max(rssMaxMiB, last.rssMaxMiB)
  const counts = await (await fetch(`http://127.0.0.1:${place.port}/counts`)).text()
  const [tables] = await query(
    place.url,
    `select (select count(*) from warehouse.session), (select count(*) from ingest.object where outcome = 'stored'),
            (select sum(settle_count - 1) from ingest.object)`,
  )
  const seconds = (performance.now() - startedAt) / 1000
  print(
    `killed ${kills} times: ${objects} files in ${seconds.toFixed(0)} s, RSS max ${rssMaxMiB.toFixed(0)} MiB`,
  )
  print(`  sessions, stored objects, objects that ended more than once: ${tables?.join(', ')}`)
  print(`  objects by number of fetches, and list calls: ${counts}`)
  await closePlace(place)
}

async function listKeys(port: number): Promise<string[]> {
  const keys: string[] = []
  for (let after = ''; ; ) {
    const text = await (
      await fetch(`http://127.0.0.1:${port}/bench?list-type=2&prefix=metadata/&start-after=${after}`)
    ).text()
    const page = [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => decodeURIComponent(key ?? ''))
    keys.push(...page)
    after = page.at(-1) ?? ''
    if (page.length < 1_000) return keys
  }
}

async function settledBetween(url: string, objects: number): Promise<[number, number]> {
  await untilSettled(url, objects)
  const [row] = await query(
    url,
    'select extract(epoch from min(settled_at)) * 1000, extract(epoch from max(settled_at)) * 1000 from ingest.object',
  )
  return [Number(row?.[0]), Number(row?.[1])]
}

async function untilSettled(url: string, objects: number): Promise<void> {
  const session = await openReadOnlySession({ url })
  try {
    for (;;) {
      const [answer] = await session.query('select count(*) from ingest.object')
      if (Number(answer?.rows[0]?.[0]) >= objects) return
      await wait(500)
    }
  } finally {
    await session.close()
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function list(numbers: readonly number[]): string {
  return numbers.map((number) => number.toFixed(0)).join(', ')
}
