import { chance, integer, pick, type Random } from '@aftercall/samples/random'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import { randomOfTest } from '@aftercall/testkit/test-seed'
import { expect, test, vi } from 'vitest'
import { bucket } from '../e2e/bench.ts'
import { callWithId } from '../e2e/documents.ts'
import { testMs } from '../e2e/until.ts'
import { startWorker } from '../e2e/worker.ts'
import { openHttpBench } from './http-bench.ts'
import { expectAllStored, putSamples, sources } from './sample-load.ts'

vi.setConfig({ testTimeout: testMs, hookTimeout: testMs })

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const bodyBytesMax = 1_048_576
const announce = (keys: readonly string[]) =>
  writeS3Notification(
    keys.map((key) => ({ bucket, key })),
    { eventName: 'ObjectCreated:Put' },
  )

test('I4 I5 I8 messages of 1,000 records are settled whole, with far fewer places', async () => {
  const bench = await openHttpBench({ sources, notifies: false })
  const load = await putSamples(bench, 'records', 60)
  const keys = [...load.keys]
  const thousand = Array.from({ length: 1_000 }, (_, position) => keys[position % keys.length] ?? '')
  const config = await bench.writeConfig('records', { worker: { inFlight: 100 } })
  const worker = await startWorker(config, { env: bench.env })
  await bench.send(announce(thousand), announce(keys.toReversed()))
  await bench.untilSettled()
  expect(await worker.metric('aftercall_objects_total')).toBeGreaterThanOrEqual(1_000 + keys.length)
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  await expectAllStored(bench, load)
  await worker.stop()
})

const good = announce(['acme/neighbour.json'])
const wholes: readonly string[] = [
  '{',
  'null',
  'true',
  '0',
  '-1e999',
  '""',
  '"text"',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{"Records":null}',
  '{"Records":{}}',
  '{"Records":"s3"}',
  '{"Records":[null]}',
  '{"Records":[0,"",[],{},true]}',
  '{"Records":[{"s3":null}]}',
  '{"Records":[{"s3":{"bucket":{"name":null},"object":{"key":null}}}]}',
  '{"__proto__":{"Records":[]},"constructor":1}',
  `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"${bucket}"},"object":{"key":"%ZZ%%%"}}}]}`,
  `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"${bucket}"},"object":{"key":""}}}]}`,
  `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"../${bucket}"},"object":{"key":"acme/../x"}}}]}`,
  '{"Type":"Notification","Message":"{\\"Type\\":\\"Notification\\",\\"Message\\":\\"{}\\"}"}',
  `{"Records":[{"eventName":"ObjectCreated:\\ud800","s3":{"bucket":{"name":"nul\\u0000"},"object":{"key":"acme/1"}}}]}`,
  `{"Records":[{"eventName":"ObjectCreated:\\ud800","s3":{"bucket":{"name":"${bucket}"},"object":{"key":"acme/2"}}}]}`,
  `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"${'b'.repeat(9_000)}"},"object":{"key":"acme/3"}}}]}`,
  '{"Type":"Notification","Message":7}',
  '{"source":"aws.s3","detail-type":"Object Created","detail":null}',
  `\ufeff${good}`,
  `${good}${good}`,
  '\t\n\r ',
  '\u0080\u2028\ud7ff\ue000\ufffd',
  '['.repeat(100_000),
  `{"Records":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  `{"Records":[{"s3":{"bucket":{"name":"${bucket}"},"object":{"key":"acme/${'k'.repeat(9_000)}"}},"eventName":"ObjectCreated:Put"}]}`,
]

/** A notification with some of its characters cut, changed, doubled or swapped for what means something in JSON. */
function mutate(random: Random, text: string): string {
  const characters = [...text]
  for (let change = integer(random, 1, 6); change > 0; change -= 1) {
    const at = integer(random, 0, characters.length - 1)
    const count = chance(random, 0.2) ? integer(random, 1, 80) : 1
    const replacement = pick(random, ['', '', '{', '}', '[', ']', '"', ',', 'null', '0', '%', '\\u0000', '☎'])
    characters.splice(at, count, replacement)
  }
  return characters.join('')
}

test('I4 I5 a message of any text is settled at its first receive, and kept where it names nothing to load', async () => {
  const random = randomOfTest()
  const bench = await openHttpBench({ notifies: false, receivesMax: 1 })
  const keys = Array.from({ length: 30 }, (_, position) => `acme/call-${position + 1}.json`)
  for (const [position, key] of keys.entries()) await bench.put(key, callWithId(position + 1))
  const filled = (body: string) => body + ' '.repeat(bodyBytesMax - Buffer.byteLength(body))
  const texts = [...wholes, filled(good), 'x'.repeat(bodyBytesMax)]
  for (let count = 0; count < 200; count += 1) texts.push(mutate(random, good) || '-')
  const worker = await startWorker(await bench.writeConfig('texts'), {
    env: bench.env,
  })
  const neighbours = [...keys]
  for (const [position, text] of texts.entries()) {
    await bench.send(text)
    const neighbour = position % 7 === 0 ? neighbours.shift() : undefined
    if (neighbour !== undefined) await bench.send(announce([neighbour]))
  }
  expect(neighbours).toEqual([])
  await bench.untilSettled()
  const failures = worker.logs().filter(({ outcome }) => outcome === 'failed')
  expect(failures).toEqual([])
  expect(await bench.deadLetters()).toBe(0)
  expect(await worker.metric('aftercall_messages_returned_total')).toBe(0)
  const sessions = await bench.rows('select session_id::int as id from warehouse.session order by 1')
  expect(sessions).toEqual(keys.map((_, position) => ({ id: position + 1 })))
  const kept = await bench.rows<{ content: Buffer | null }>('select content from ingest.rejected_content')
  const texted = new Set(kept.map(({ content }) => content?.toString()))
  for (const text of ['{', 'null', '[[]]', 'x'.repeat(bodyBytesMax)]) expect(texted).toContain(text)
  await worker.stop()
})
