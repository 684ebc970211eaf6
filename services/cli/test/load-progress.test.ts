import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { createLoadCounter } from '../src/load/load-counts.ts'
import { showLoadProgress } from '../src/load/show-progress.ts'

let progress: { stop(): void } | undefined
afterEach(() => progress?.stop())

test('a terminal shows one line that is redrawn when a file ends and cleared at the end', async () => {
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 30 })
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const context = { env: {}, stdin, stdout, stderr, signals: { on() {}, off() {} }, exitNow() {} }
  const counter = createLoadCounter()
  progress = showLoadProgress(context, counter)
  counter.events.ended('/a.json', { kind: 'stored' })
  counter.events.ended('/b.json', { kind: 'rejected', code: 'not_json' })
  const [drawn] = await once(stderr, 'data')
  expect(drawn).toBe('\r\u001b[2K1 stored, 1 rejected')
})

test('I8 a fixed file counts only with its last end, and beyond a limit problems are only counted', () => {
  const { events, counts, problems } = createLoadCounter()
  for (let id = 0; id < 12_000; id += 1) events.ended(`/${id}`, { kind: 'rejected', code: 'not_json' })
  events.ended('/3', { kind: 'stored' })
  events.refused('/4', 'EACCES')
  expect(counts()).toMatchObject({ stored: 1, rejected: 11_998, unreadable: 1 })
  expect(problems()).toHaveLength(20)
})

test('a path that a scan cannot read counts until the next scan can', () => {
  const { events, counts } = createLoadCounter()
  events.unreadable('/folder', 'EACCES')
  expect(counts().unreadable).toBe(1)
  events.passBegan()
  expect(counts().unreadable).toBe(0)
})
