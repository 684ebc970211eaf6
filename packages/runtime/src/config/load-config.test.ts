import { expect, test } from 'vitest'
import { type ConfigNeed, type LoadConfigOptions, loadConfig, printProblems } from './config.ts'

const databaseUrl = 'postgres://aftercall:hunter2@db/aftercall'

function failWith(code: string): () => Promise<string> {
  return () => Promise.reject(Object.assign(new Error(`${code}: no such file`), { code }))
}

function loadMissing(options: Partial<LoadConfigOptions<ConfigNeed[]>>) {
  return loadConfig({
    path: 'aftercall.yaml',
    env: { DATABASE_URL: databaseUrl },
    readFile: failWith('ENOENT'),
    ...options,
  })
}

test('a missing file is a problem', async () => {
  const result = await loadMissing({})
  expect(result).toEqual({
    kind: 'invalid',
    problems: [{ path: '', message: expect.stringMatching(/file not found.*aftercall\.example\.yaml/) }],
  })
})

test('without a file, DATABASE_URL is enough for a command that needs only the database', async () => {
  const result = await loadMissing({ needs: ['database'] })
  expect(result.kind === 'valid' && result.config.database?.url).toBe(databaseUrl)
})

test('without a file, a wrong DATABASE_URL is named, and no file', async () => {
  const result = await loadMissing({ needs: ['database'], env: { DATABASE_URL: 'foo' } })
  const printed = result.kind === 'invalid' ? printProblems(result.problems, 'aftercall.yaml') : undefined
  expect(printed).toMatch(/^DATABASE_URL: must be a postgres:\/\/.*$/)
})

test('without a file a command that needs nothing gets the defaults', async () => {
  const result = await loadMissing({ needs: [], env: {} })
  expect(result.kind === 'valid' && result.config.http.port).toBe(9464)
})

test('without a file and DATABASE_URL, the message names both', async () => {
  const result = await loadMissing({ needs: ['database'], env: {} })
  expect(result.kind === 'invalid' && result.problems[0]?.message).toMatch(/file not found.*DATABASE_URL/)
})

test('nothing replaces a missing file that the user named', async () => {
  expect((await loadMissing({ needs: ['database'], fileRequired: true })).kind).toBe('invalid')
})

test('a file that cannot be read is a problem, for any environment', async () => {
  const result = await loadMissing({ needs: ['database'], readFile: failWith('EACCES') })
  expect(result).toEqual({ kind: 'invalid', problems: [{ path: '', message: 'cannot be read (EACCES)' }] })
})

test('a bug in the reader is not a configuration problem', async () => {
  const readFile = () => Promise.reject(new Error('out of luck'))
  await expect(loadMissing({ readFile })).rejects.toThrow('out of luck')
})

test('problems are printed one per line, with line and path in columns', () => {
  const problems = [
    { path: '', message: 'whole file' },
    { path: 'raw', line: 2, message: 'is wrong' },
    { path: 'sources[0].name', line: 12, message: 'is worse' },
  ]
  expect(printProblems(problems, 'aftercall.yaml').split('\n')).toEqual([
    'aftercall.yaml: 3 problems',
    '  whole file',
    '  line 2   raw              is wrong',
    '  line 12  sources[0].name  is worse',
  ])
  expect(printProblems(problems.slice(0, 1), 'a.yaml').split('\n')[0]).toBe('a.yaml: 1 problem')
})
