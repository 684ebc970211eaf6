import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercall-sample-'))
})
afterEach(() => rm(folder, { recursive: true }))

const sample = async (place: string, ...args: string[]) => {
  const out = join(folder, place)
  const ran = await runCommand(['sample', '--out', out, ...args])
  const names = ran.code === 0 ? await readdir(out, { recursive: true }) : []
  const files = names.filter((name) => name.endsWith('.json')).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(out, name), 'utf8')))
  return { ...ran, files, texts }
}

test('a history has a hundred sessions a day in the folders of its days, the same ones each time', async () => {
  const first = await sample('first', '--days', '3')
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toMatch(/^Wrote 29\d sessions in 3\d\d files/)
  const days = new Set(first.files.map((name) => /\d{4}\/\d{2}\/\d{2}/.exec(name)?.[0]))
  expect(days.has('2026/04/10')).toBe(true)
  expect(days.has('2026/04/12')).toBe(true)
  const second = await sample('second', '--days', '3')
  expect(second.texts).toEqual(first.texts)
  expect((await sample('other', '--days', '3', '--seed', 'other')).texts).not.toEqual(first.texts)
})

test('--sessions and --until change how many sessions a history has and when it ends', async () => {
  const { out, texts } = await sample('given', '--days', '2', '--sessions', '20', '--until', '2026-05-02')
  expect(out).toMatch(/^Wrote (1\d|20) sessions/)
  for (const text of texts)
    expect(Date.parse(JSON.parse(text).updated_at)).toBeLessThan(Date.parse('2026-05-02'))
  const now = await sample('now', '--days', '1', '--sessions', '40', '--until', 'now')
  const newest = Math.max(...now.texts.map((text) => Date.parse(JSON.parse(text).updated_at)))
  expect(Date.now() - newest).toBeLessThan(86_400_000)
})

test('without --days the sessions are of no order, as many as asked', async () => {
  expect((await sample('plain', '--sessions', '12')).out).toMatch(/^Wrote 12 sessions/)
  expect((await sample('usual')).out).toMatch(/^Wrote 100 sessions/)
})

test('a word that is not known is there only with --unknown-words', async () => {
  const word = 'after_hours_voicemail'
  const { texts } = await sample('known', '--days', '4')
  expect(texts.filter((text) => text.includes(word))).toEqual([])
  const unknown = await sample('unknown', '--days', '4', '--unknown-words')
  expect(unknown.texts.filter((text) => text.includes(word)).length).toBeGreaterThan(0)
})

test.each([
  [['--days', '0'], '--days'],
  [['--days', '2', '--until', 'soon'], '--until must be an ISO date or time, not soon'],
  [['--days', '2', '--until', '2999-01-01'], '--until must not be in the future: 2999-01-01'],
])('%j is refused', async (args, message) => {
  const { code, err } = await sample('refused', ...args)
  expect(code).toBe(2)
  expect(err).toContain(message)
})
