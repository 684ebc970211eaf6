import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-completion-'))
  for (const shell of shells) {
    const { code, out, err } = await runCommand(['completion', shell])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    await writeFile(join(dir, shell), out)
  }
  await writeFile(join(dir, 'some-file.json'), '{}')
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const isInstalled = (shell: Shell): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

/** Bash calls the function of a completion with these variables set. */
const askBash = [
  'source ./bash; complete -p aftercall >/dev/null || exit 9; compopt() { :; }',
  'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aftercall; printf "%s\\n" "$' + '{COMPREPLY[@]}"',
].join('\n')

/** The functions of zsh for completion work only while a person types, so these print what they are given. */
const askZsh = [
  'compdef() { : }; compadd() { print -rl -- $' + '{(P)2} }; _files() { print -rl -- *(N) }',
  '_describe() { print -rl -- $' + '{$' + '{(P)argv[-1]}%%:*} }',
  'source ./zsh; words=("$@"); CURRENT=$#; PREFIX=$words[CURRENT]; _aftercall',
].join('\n')

/** What a shell offers for the last word. */
const ask: Record<Shell, (words: string[]) => string[]> = {
  bash: (words) => run('bash', ['--norc', '-c', askBash, 'bash', ...words]),
  zsh: (words) =>
    run('zsh', ['-f', '-c', askZsh, 'zsh', ...words]).filter((one) => one.startsWith(words.at(-1) ?? '')),
  fish: (words) =>
    run('fish', ['--no-config', '-c', `source ./fish; complete -C "${words.join(' ')}"`]).map(
      (line) => line.split('\t')[0] ?? '',
    ),
}

function run(shell: Shell, args: string[]): string[] {
  const env = { PATH: process.env.PATH, HOME: dir }
  return execFileSync(shell, args, { cwd: dir, env, encoding: 'utf8' }).split('\n').filter(Boolean)
}

test.each(shells)('%s completes commands, their commands, options, choices, and files', (shell) => {
  if (!isInstalled(shell)) {
    expect(shell, 'bash is on every machine that runs these tests').not.toBe('bash')
    return
  }
  const offers = (...words: string[]): string[] => ask[shell](['aftercall', ...words]).sort()
  expect(offers('')).toEqual(expect.arrayContaining(['demo', 'sql', 'doctor', 'completion', 'help']))
  expect(offers('re')).toEqual(['reconcile', 'rejections', 'replay'])
  expect(offers('rejections', '')).toEqual(expect.arrayContaining(['ignore', 'list', 'show']))
  expect(offers('rejections', 'list', '--st')).toEqual(['--state'])
  expect(offers('rejections', 'list', '--state', '')).toEqual(['ignored', 'open', 'replayed'])
  expect(offers('sql', '--f')).toEqual(['--format'])
  expect(offers('sql', '--format', '')).toEqual(['csv', 'json', 'table'])
  expect(offers('help', 'backf')).toEqual(['backfill'])
  expect(offers('completion', '')).toEqual(['bash', 'fish', 'zsh'])
  expect(offers('load', 'some-f')).toEqual(['some-file.json'])
  expect(offers('doctor', '--config', 'some-f')).toEqual(['some-file.json'])
  expect(offers('doctor', '--no')).toEqual(['--no-color'])
  // Started by a backfill only.
  expect(offers('backfill')).toEqual(['backfill'])
})

test('bash completes a value that is joined by =', () => {
  expect(ask.bash(['aftercall', 'sql', '--format', '=', 'c'])).toEqual(['csv'])
})
