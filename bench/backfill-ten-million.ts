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
 * A backfill of many keys: its dry run, and sending it to the workers through a queue that accepts everything. Measures
 * time, calls and memory. Fetches nothing but the sample of the dry run.
 *
 *     node bench/backfill-ten-million.ts [objects, 10,000,000 by default]
 */
const [objects = 10_000_000] = process.argv.slice(2).map(Number)

await withStack(async (stack) => {
  const place = await openPlace(stack, { objects, backfillUrl: (port) => `http://127.0.0.1:${port}/queue` })
  await measure('dry run', ['--dry-run'])
  await measure('via queue', ['--via', 'queue'])
  const [row] = await query(
    place.url,
    'select counts, (select count(*) from ingest.backfill_shard) from ingest.backfill_run',
  )
  print(`  run, shards: ${row?.join(', ')}`)
  await closePlace(place)

  async function measure(name: string, args: string[]): Promise<void> {
    const startedAt = performance.now()
    const env = { ...place.env, AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${place.port}` }
    const all = ['backfill', '--config', place.config, '--source', 'bench', '--json', ...args]
    const { rssMaxMiB, stdout, stderr } = await wholeOutput(start([command, ...all], env))
    const seconds = (performance.now() - startedAt) / 1000
    const counts = JSON.parse(await (await fetch(`http://127.0.0.1:${place.port}/counts`)).text())
    print(
      `${name}: ${seconds.toFixed(0)} s, ${(objects / seconds).toFixed(0)} keys/s, RSS max ${rssMaxMiB.toFixed(0)} MiB`,
    )
    print(`  so far ${counts.listCalls} list calls, ${counts.sent} objects sent`)
    print(`  ${(stdout || stderr).trim().slice(0, 400)}`)
  }
})
