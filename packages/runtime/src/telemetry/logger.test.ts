import { describe, expect, test } from 'vitest'
import { createLogger, type Logger } from './logger.ts'

function logged(write: (log: Logger) => void, level = 'info') {
  const lines: string[] = []
  write(createLogger({ level, destination: { write: (line) => void lines.push(line) } }))
  return { text: lines.join(''), lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

/** Looks like an error of `pg`: the value is in the message, in `detail` and in `where`. */
function postgresError(code: string, message: string): Error {
  return Object.assign(new Error(message), {
    severity: 'ERROR',
    code,
    detail: 'Key (email)=(jane@example.org) already exists.',
    where: "unnamed portal parameter $1 = 'jane@example.org'",
  })
}

const secret = /jane@example\.org/
const brokenConstraint = () => postgresError('23505', 'duplicate key jane@example.org')

const waysToLog: Record<string, (log: Logger, error: Error) => void> = {
  'under error, with a message': (log, error) => log.error({ error }, 'load failed'),
  'under error, alone': (log, error) => log.error({ error }),
  'under err, alone': (log, error) => log.error({ err: error }),
  'under another key': (log, error) => log.error({ reason: error }, 'load failed'),
  'as the only argument': (log, error) => log.error(error),
  'as the first argument': (log, error) => log.error(error, 'load failed'),
  'inside the message': (log, error) => log.error('load failed: %s', error),
  'inside the message, as an object': (log, error) => log.error({ attempt: 1 }, 'load failed: %o', error),
  'by a child': (log, error) => log.child({ error }).error('load failed'),
  'as a cause': (log, error) => log.error({ error: new Error('load failed', { cause: error }) }),
}

describe.each(Object.entries(waysToLog))('I10 an error logged %s', (_, write) => {
  test('of SQLSTATE class 23 shows neither message nor detail', () => {
    expect(logged((log) => write(log, brokenConstraint())).text).not.toMatch(secret)
  })

  test('of SQLSTATE class 22 shows neither message nor detail', () => {
    const error = postgresError('22P02', 'invalid input syntax for type uuid: "jane@example.org"')
    expect(logged((log) => write(log, error)).text).not.toMatch(secret)
  })

  test('of the AWS SDK shows no header', () => {
    const error = Object.assign(new Error('Access Denied'), {
      name: 'AccessDenied',
      $response: { headers: { authorization: 'AWS4-HMAC-SHA256 jane@example.org' } },
      $metadata: { httpStatusCode: 403 },
    })
    expect(logged((log) => write(log, error)).text).not.toMatch(/authorization|AWS4/)
  })

  test('of JSON.parse shows nothing of the text', () => {
    const error = thrownBy(() => JSON.parse('jane@example.org'))
    expect(error.message).toMatch(/jane/)
    expect(logged((log) => write(log, error)).text).not.toMatch(/jane/)
  })
})

test('an error is logged with name, code, message, and causes', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const { lines } = logged((log) => log.error({ error: new TypeError('load failed', { cause }) }, 'stopped'))
  expect(lines).toEqual([
    {
      level: 'error',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      error: {
        name: 'TypeError',
        message: 'load failed',
        cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      },
      msg: 'stopped',
    },
  ])
})

test('a Postgres error of another class keeps its code and message', () => {
  const { lines } = logged((log) =>
    log.error({ error: postgresError('42P01', 'relation "x" does not exist') }),
  )
  expect(lines[0]?.error).toEqual({ name: 'Error', code: '42P01', message: 'relation "x" does not exist' })
})

test('a cyclic chain of causes is cut', () => {
  const error = new Error('round')
  error.cause = error
  expect(logged((log) => log.error({ error })).lines).toHaveLength(1)
})

test('a thrown value that is not an error is logged as text', () => {
  expect(logged((log) => log.error({ error: 'gone' }, 'stopped')).lines[0]?.error).toEqual({
    message: 'gone',
  })
})

test('lines below the level are not written', () => {
  expect(logged((log) => log.info('hello'), 'warn').lines).toEqual([])
  expect(logged((log) => log.fatal('hello'), 'silent').lines).toEqual([])
})

test('fields and formatted messages of ordinary lines are not changed', () => {
  const { lines } = logged((log) => log.info({ bucket: 'b', key: 'k', rows: 3 }, 'stored %s of %d', 'one', 2))
  expect(lines[0]).toMatchObject({ level: 'info', bucket: 'b', key: 'k', rows: 3, msg: 'stored one of 2' })
})

function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
