import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from './run-command.ts'

const esc = String.fromCharCode(27)

test('-h and --help, help NAME and NAME -h, -V and --version are the same', async () => {
  const out = async (...args: string[]) => {
    const { code, out, err } = await runCommand(args)
    expect({ code, err }, args.join(' ')).toEqual({ code: 0, err: '' })
    return out
  }
  const help = await out('--help')
  expect(help).toMatch(/^Usage: aftercall /)
  for (const args of [['-h'], ['help'], []]) expect(await out(...args)).toBe(help)
  const ofSql = await out('sql', '--help')
  expect(ofSql).toMatch(/^Usage: aftercall sql /)
  for (const args of [
    ['sql', '-h'],
    ['help', 'sql'],
  ])
    expect(await out(...args)).toBe(ofSql)
  expect(await out('-V')).toBe(await out('--version'))
  expect(await out('help', 'rejections')).toBe(await out('rejections', '-h'))
})

test('the help lists every command in a group, in at most 80 columns', async () => {
  const { out } = await runCommand(['-h'])
  const groups = [...out.matchAll(/^(\w[\w ]*):$/gm)].map(([, title]) => title)
  expect(groups).toEqual(['Options', 'Run', 'Load', 'Look', 'Look after', 'Help', 'Examples'])
  const listed = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
  expect(listed).toEqual(
    expect.arrayContaining(['demo', 'backfill', 'sql', 'maintain', 'completion', 'help']),
  )
})

test('a wrong command, option, source, or view gets the name that was probably meant', async () => {
  const env = { DATABASE_URL: 'postgres://127.0.0.1:1/x' }
  const dir = await mkdtemp(join(tmpdir(), 'aftercall-names-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const config = join(dir, 'aftercall.yaml')
  await writeFile(
    config,
    'database: { url: postgres://127.0.0.1:1/x }\nsources: [{ name: acme, bucket: files, prefix: acme/, timeZone: UTC }]',
  )
  for (const [args, says] of [
    [['doctr'], '(Did you mean doctor?)'],
    [['sql', '--jsn'], '(Did you mean --json?)'],
    [['load', '.', '--source', 'acne', '--config', config], '(Did you mean acme?)'],
    [['rejections', 'lst'], '(Did you mean list?)'],
    [['completion', 'bsh'], 'Allowed choices are bash, zsh, fish'],
  ] as const) {
    const { code, out, err } = await runCommand([...args], env)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
  }
})

test.each([
  { what: 'a pipe', args: [], env: {}, isTerminal: false, isColored: false },
  { what: 'a terminal', args: [], env: {}, isTerminal: true, isColored: true },
  { what: 'a terminal with --no-color', args: ['--no-color'], env: {}, isTerminal: true, isColored: false },
  { what: 'a terminal with NO_COLOR', args: [], env: { NO_COLOR: '1' }, isTerminal: true, isColored: false },
  { what: 'an empty NO_COLOR', args: [], env: { NO_COLOR: '' }, isTerminal: true, isColored: true },
  { what: 'a dumb terminal', args: [], env: { TERM: 'dumb' }, isTerminal: true, isColored: false },
])('colors in $what: $isColored', async ({ args, env, isTerminal, isColored }) => {
  const failed = await runCommand(['explain', 'nothing', ...args], env, { isTerminal })
  expect(failed.err.includes(`${esc}[`)).toBe(isColored)
  expect(failed.err).toContain('nothing is neither an object')
  const help = await runCommand(['-h', ...args], env, { isTerminal })
  expect(help.out.includes(`${esc}[1mUsage:`)).toBe(isColored)
})
