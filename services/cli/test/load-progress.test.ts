import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { createLoadCounter } from '../src/load/load-counts.ts'
import { showProgress } from '../src/load/show-progress.ts'

let progress: { stop(): void } | undefined
afterEach(() => progress?.stop())

test('a terminal gets one line that is drawn again when something has ended, and is gone at the end', async () => {
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 30 })
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const context = { ...{ env: {}, stdin, stdout, stderr }, signals: { on() {}, off() {} }, exitNow() {} }
  const tally = createLoadCounter()
  progress = showProgress(context, tally)
  tally.events.ended('/a.json', { kind: 'stored' })
  tally.events.ended('/b.json', { kind: 'rejected', code: 'not_json' })
  const [drawn] = await once(stderr, 'data')
  expect(drawn).toBe('\r\u001b[2K1 stored, 1 rejected')
})

test('I8 of a file that was put right only the last end counts, and of very many troubles only the number is kept', () => {
  const { events, counts, troubles } = createLoadCounter()
  for (let id = 0; id < 12_000; id += 1) events.ended(`/${id}`, { kind: 'rejected', code: 'not_json' })
  events.ended('/3', { kind: 'stored' })
  events.refused('/4', 'EACCES')
  expect(counts()).toMatchObject({ stored: 1, rejected: 11_998, unreadable: 1 })
  expect(troubles()).toHaveLength(20)
})

test('what a walk could not read counts until the next walk can', () => {
  const { events, counts } = createLoadCounter()
  events.unreadable('/folder', 'EACCES')
  expect(counts().unreadable).toBe(1)
  events.passBegan()
  expect(counts().unreadable).toBe(0)
})
