import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callWithId, type LoadBench, openLoadBench } from './load-bench.ts'
import { readFixture } from './load-fixture.ts'
import { runCommand } from './run-command.ts'

let bench: LoadBench

beforeEach(async () => {
  bench = await openLoadBench()
})
afterEach(() => bench.close())

const loadJson = async (place: string, ...args: string[]) => {
  const ran = await bench.load(place, '--source', 'acme', '--json', ...args)
  return { ...ran, report: ran.out === '' ? null : JSON.parse(ran.out) }
}
const settled = () => bench.rows('select object_key, settle_count, settled_at from ingest.object order by 1')

test('a folder is loaded with everything below it, each file under its path', async () => {
  await bench.write('2026/03/call-1418.json', readFixture('real/call-1418.json'))
  await bench.write('客服/my chat.txt', readFixture('real/chat-135.json'))
  const { code, report, err } = await loadJson(bench.folder)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(report).toMatchObject({ source: 'acme', place: bench.folder, isWhole: true, troubles: [] })
  expect(report.counts).toMatchObject({ stored: 2, rejected: 0, unchanged: 0 })
  expect(await bench.rows('select distinct bucket, source, event_name from ingest.object')).toEqual([
    { bucket: 'file:', source: 'acme', event_name: 'Load' },
  ])
  expect(await bench.ledger()).toEqual({ '2026/03/call-1418.json': 'stored', '客服/my chat.txt': 'stored' })
})

test('the recorded source is the configured one, not the folder', async () => {
  await loadJson(bench.folder)
  expect(await bench.rows('select name, bucket, prefix from ingest.source')).toEqual([
    { name: 'acme', bucket: 'files', prefix: 'acme/' },
  ])
})

test('a file that is unchanged since it was loaded is not read again', async () => {
  const path = await bench.write('call-1.json', callWithId(1))
  await bench.write('recording.mp3', 'sound')
  await utimes(path, 1_760_000_000, 1_760_000_000)
  expect((await loadJson(bench.folder)).report.counts).toMatchObject({ stored: 1, ignored: 1 })
  const before = await settled()
  // Reading it would now reject it: only its size and modification time are unchanged.
  await writeFile(path, 'x'.repeat(callWithId(1).length))
  await utimes(path, 1_760_000_000, 1_760_000_000)
  for (const place of [bench.folder, path]) {
    const { code, report } = await loadJson(place)
    expect([code, report.counts.unchanged]).toEqual([0, place === path ? 1 : 2])
  }
  expect(await settled()).toEqual(before)
})

test('I2 a rewritten file is loaded again, even if its modification time is older', async () => {
  const path = await bench.write('call-1.json', callWithId(1, { rating: 1 }))
  await loadJson(path)
  await writeFile(path, callWithId(1, { rating: 4, updated_at: '2026-03-23T13:40:00.000-07:00' }))
  await utimes(path, 1_000_000_000, 1_000_000_000)
  expect((await loadJson(path)).report.counts).toMatchObject({ stored: 1, unchanged: 0 })
  expect(await bench.rows('select rating from warehouse.session')).toEqual([{ rating: '4' }])
})

test('a file that was loaded for the wrong source can be loaded for the right one', async () => {
  const path = await bench.write('call-1.json', callWithId(1))
  expect((await bench.load(path, '--source', 'beta')).code).toBe(0)
  expect((await loadJson(path)).report.counts).toMatchObject({ stored: 1, unchanged: 0 })
  expect(await bench.rows('select source from warehouse.session order by 1')).toEqual([
    { source: 'acme' },
    { source: 'beta' },
  ])
})

test('I5 unusable files do not affect others, are listed with their reason, and make the exit code 3', async () => {
  const transcript = { comm_type: 'chat', entries: [] }
  const files: [string, string, ended: string][] = [
    ['broken.json', callWithId(2).slice(0, 900), 'not_json'],
    ['call-1.json', callWithId(1), 'stored'],
    ['chat-3.txt', 'Agent: hello', 'transcript'],
    ['empty.json', '', 'empty_object'],
    ['large.json', ' '.repeat(65_537), 'object_too_large'],
    ['recording.wav', 'sound', 'media'],
    ['transcript.json', JSON.stringify(transcript), 'transcript'],
  ]
  for (const [name, content] of files) await bench.write(name, content)
  const { code, out, err } = await bench.load(bench.folder, '--source', 'acme')
  expect({ code, err }).toEqual({ code: 3, err: '' })
  expect(await bench.ledger()).toEqual(Object.fromEntries(files.map(([name, , ended]) => [name, ended])))
  const lines = out.trimEnd().split('\n')
  expect(lines.pop()).toBe('For the reasons: aftercall rejections list')
  const [summary, ...named] = lines
  expect(summary).toContain('1 stored, 3 ignored (not session files), 3 rejected')
  expect(named.sort()).toEqual([
    `  rejected (empty_object)  ${join(bench.folder, 'empty.json')}`,
    `  rejected (not_json)  ${join(bench.folder, 'broken.json')}`,
    `  rejected (object_too_large)  ${join(bench.folder, 'large.json')}`,
  ])
})

test('a session that loses its id to another session is counted as a collision, not as superseded', async () => {
  await bench.write('call-1.json', callWithId(1))
  await bench.load(bench.folder, '--source', 'acme')
  const other = { created_at: '2025-01-01T10:00:00.000-07:00', updated_at: '2025-01-01T10:30:00.000-07:00' }
  await bench.write('other/call-1.json', callWithId(1, other))
  const older = { updated_at: '2026-03-23T00:00:00.000-07:00' }
  await bench.write('older.json', callWithId(1, older))
  const { code, out } = await bench.load(bench.folder, '--source', 'acme')
  expect(code).toBe(0)
  expect(out).toContain(
    '1 superseded by a newer revision, 1 kept as a collision (its id belongs to another session), 1 unchanged',
  )
  expect(out).toContain('load them with its own --source')
  expect(await bench.rows('select object_key from warehouse.session_collision')).toEqual([
    { object_key: join(bench.folder, 'other/call-1.json') },
  ])
})

test('the command that sample prints loads a folder without a collision', async () => {
  const folder = join(bench.folder, 'samples')
  const { out } = await runCommand(['sample', '--sessions', '40', '--out', folder])
  const place = join(folder, 'brightwell')
  expect(out).toContain(`To load one: aftercall load ${place} --source acme\n`)
  const { code, report } = await loadJson(place)
  expect([code, report.counts]).toMatchObject([0, { collision: 0, superseded: 0, rejected: 0 }])
  expect(report.counts.stored).toBeGreaterThan(0)
})

test('of many rejected files the first 20 are listed and all are counted', async () => {
  for (let id = 10; id < 35; id += 1) await bench.write(`call-${id}.json`, '{')
  const { report, code } = await loadJson(bench.folder)
  expect([code, report.counts.rejected, report.troubles.length]).toEqual([3, 25, 20])
  expect((await bench.load(bench.folder, '--source', 'acme')).out).toContain('\n  and 5 more\n')
})

test('I10 neither report nor log shows file contents, and no file name can control the terminal', async () => {
  await bench.write('a\u001b[31m.json', `{"feedback": "SECRET-MARK`)
  await bench.write('call-1.json', callWithId(1, { feedback: 'SECRET-MARK', SECRET_MARK: 1 }))
  const args = ['load', bench.folder, '--source', 'acme', '--config', bench.configFile]
  const { code, out, err } = await runCommand(args, { LOG_LEVEL: 'trace' })
  expect(code).toBe(3)
  expect(out + err).not.toMatch(/SECRET.MARK/)
  expect(err).toContain('"level":"debug"')
  expect(out).toContain('a␛[31m.json')
  const drift = await bench.rows(`select 1 from ingest.schema_drift where json_path = 'SECRET_MARK'`)
  expect(drift).toHaveLength(1)
})

test('I7 links, pipes and folders named like files are skipped, and nothing waits for them', async () => {
  await bench.write('call-1.json', callWithId(1))
  await bench.write('folder.json/call-2.json', callWithId(2))
  await writeFile(join(bench.folder, '../outside.json'), callWithId(3))
  await symlink('../outside.json', join(bench.folder, 'call-3.json'))
  await symlink('nowhere', join(bench.folder, 'call-4.json'))
  execFileSync('mkfifo', [join(bench.folder, 'call-5.json')])
  await bench.write('.hidden/call-6.json', callWithId(6))
  await bench.write('call-7.json.filepart', '{"id": 7')
  const { code, report } = await loadJson(bench.folder)
  expect(code).toBe(0)
  expect(report.counts).toMatchObject({ stored: 2, notFiles: 3, temporary: 2 })
  expect(Object.keys(await bench.ledger())).toEqual(['call-1.json', 'folder.json/call-2.json'])
})

test('a file named on the command line is loaded under any name, even through a link', async () => {
  const path = await bench.write('.call-1.json.tmp', callWithId(1))
  await symlink(path, join(bench.folder, 'link'))
  expect((await loadJson(join(bench.folder, 'link'))).report).toMatchObject({
    place: path,
    counts: { stored: 1 },
  })
  expect((await loadJson(path)).report.counts).toMatchObject({ unchanged: 1 })
})

test('I5 unreadable files are listed and make the exit code 3', async () => {
  const name = `${`${'x'.repeat(200)}/`.repeat(5)}call-2.json`
  await bench.write(name, callWithId(2))
  await bench.write('call-1.json', callWithId(1))
  const { code, report } = await loadJson(bench.folder)
  expect([code, report.counts]).toMatchObject([3, { stored: 1, unreadable: 1 }])
  expect(report.troubles).toEqual([
    { path: join(bench.folder, name), outcome: 'unreadable', code: 'path_too_long' },
  ])
})

test.skipIf(process.getuid?.() === 0)('a file without read permission is listed', async () => {
  const path = await bench.write('call-1.json', callWithId(1))
  execFileSync('chmod', ['000', path])
  const { code, report } = await loadJson(bench.folder)
  expect(code).toBe(3)
  expect(report.troubles).toEqual([{ path, outcome: 'unreadable', code: 'EACCES' }])
})

test('a place that cannot be loaded gets a message with what to do, and exit code 2', async () => {
  execFileSync('mkfifo', [join(bench.folder, 'pipe')])
  const path = await bench.write('call-1.json', callWithId(1))
  const missing = join(bench.folder, 'nothing.json')
  const wrong: [args: string[], message: string][] = [
    [[path, '--source', 'acne'], 'unknown source acne; the configuration has: acme, beta'],
    [[path], "required option '--source <name>' not specified"],
    [[missing, '--source', 'acme'], `no such file or folder: ${missing}`],
    [[join(bench.folder, 'pipe'), '--source', 'acme'], 'neither a file nor a folder; to load from a pipe'],
    [[path, '--source', 'acme', '--watch'], '--watch needs a folder'],
    [[bench.folder, '--source', 'acme', '--watch', '--settle-seconds', '-1'], '--settle-seconds must be'],
  ]
  for (const [args, message] of wrong) {
    const [place = '', ...options] = args
    const { code, err } = await bench.load(place, ...options)
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  }
  expect(await bench.ledger()).toEqual({})
})

test('explain finds a local file by its path, by its URL, and by its name in the tables', async () => {
  await mkdir(join(bench.folder, 'deep'))
  const path = await bench.write('deep/call 1.json', callWithId(1))
  await symlink(join(bench.folder, 'deep'), join(bench.folder, 'short'))
  await loadJson(path)
  await appendFile(path, ' ')
  for (const place of [
    path,
    `file://${path}`,
    `s3://file:/${path}`,
    join(bench.folder, 'short/call 1.json'),
  ]) {
    const args = ['explain', place, '--json', '--config', bench.configFile]
    const { code, out } = await runCommand(args)
    expect([code, JSON.parse(out)?.object]).toMatchObject([0, { objectKey: path, source: 'acme' }])
    const { out: text } = await runCommand(args.filter((arg) => arg !== '--json'))
    expect(text.split('\n')[0]).toBe(path)
  }
})
