// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration
import { describe, expect, test } from 'vitest'
import { type Config, type ConfigNeed, readConfig } from './config.ts'

const env = {
  DATABASE_URL: 'postgres://aftercall:hunter2@db/aftercall',
  QUEUE_URL: 'https://sqs.test/1/live',
}

const smallest = `
database:
  url: \${DATABASE_URL}
queues:
  live:
    url: \${QUEUE_URL}
sources:
  - name: acme
    bucket: acme-session-files
`

function configOf(text: string, variables: Record<string, string | undefined> = env): Config {
  const result = readConfig(text, variables)
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems))
  return result.config
}

/** `path: message` of every problem. */
function problemsOf(text: string, variables: Record<string, string | undefined> = env): string[] {
  const result = readConfig(text, variables)
  return result.kind === 'valid' ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)
}

test('only database, live queue, and sources are required; everything else has its documented default', () => {
  expect(configOf(smallest)).toEqual({
    database: { url: env.DATABASE_URL, poolMax: 4, statementTimeoutSeconds: 60 },
    queues: { live: { url: env.QUEUE_URL, visibilitySeconds: 60 } },
    sources: [
      {
        name: 'acme',
        bucket: 'acme-session-files',
        prefix: '',
        discover: 'notifications',
        pollEvery: '5m',
      },
    ],
    reconcile: { graceMinutes: 15 },
    encryption: { keys: [] },
    retention: {
      rejectionContentDays: 90,
      rejectionDays: 365,
      driftDays: 365,
      actionDays: 365,
      runDays: 365,
      workerDays: 7,
    },
    identity: {},
    analytics: { customDataKeys: [] },
    months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    worker: {
      inFlight: 256,
      batchSize: 200,
      lingerMs: 20,
      objectBytesMax: 8388608,
      inFlightBytesMax: 268435456,
      graceSeconds: 25,
      receivers: 16,
    },
    raw: 'latest',
    extra: 'all',
    http: { host: '127.0.0.1', port: 9464 },
    console: { host: '127.0.0.1', port: 8080, hosts: [], quietMinutes: 60, actors: [], actionsMax: 10_000 },
    s3: { client: 'signed' },
    sqs: { client: 'signed' },
  })
})

test('queues.live may be missing only if every source is polled', () => {
  const withoutQueue = (discover: string) => `
database: { url: "\${DATABASE_URL}" }
queues: {}
sources:
  - { name: acme, bucket: acme-session-files, discover: poll, pollEvery: 30s }
  - { name: beta, bucket: beta-session-files, discover: ${discover} }
`
  expect(configOf(withoutQueue('poll')).queues).toEqual({})
  expect(problemsOf(withoutQueue('notifications'))).toEqual([
    expect.stringContaining('queues.live: is required, unless every source has discover: poll'),
  ])
})

test('a source may set how many months it keeps, and keeps everything by default', () => {
  const retentionOf = (months: string) => problemsOf(`${smallest}    retentionMonths: ${months}\n`)
  expect(configOf(`${smallest}    retentionMonths: 24\n`).sources[0]).toMatchObject({ retentionMonths: 24 })
  expect(configOf(smallest).sources[0]).not.toHaveProperty('retentionMonths')
  for (const months of ['0', '-1', '1.5', '1201', 'all']) {
    expect(retentionOf(months)).toEqual([expect.stringContaining('sources[0].retentionMonths: ')])
  }
})

describe('I11', () => {
  test.each([
    ['prefix: "metadata/\\n"', 'prefix', 'newline'],
    ['prefix: "metadata/ "', 'prefix', 'space'],
    ['prefix: " metadata/"', 'prefix', 'space'],
    ['prefix: "meta\\u0007data/"', 'prefix', 'control characters'],
    ['prefix: /metadata/', 'prefix', 'must not begin with /'],
    ['timeZone: IST', 'timeZone', 'Asia/Kolkata'],
    ['timeZone: est', 'timeZone', 'America/New_York'],
  ])('a prefix that would match nothing, or an ambiguous time zone, is a problem: %s', (line, key, hint) => {
    const text = `
database: { url: postgres://h/db }
queues: { live: { url: http://q/1/live } }
sources:
  - name: acme
    bucket: files
    ${line}
`
    expect(readConfig(text, {})).toEqual({
      kind: 'invalid',
      problems: [{ path: `sources[0].${key}`, line: 7, message: expect.stringContaining(hint) }],
    })
    const better = text.replace(line, 'prefix: a b/c/').concat('    timeZone: CET\n')
    expect(readConfig(better, {})).toMatchObject({ config: { sources: [{ prefix: 'a b/c/' }] } })
  })

  test('every configuration problem is reported at once, by its path and line', () => {
    const text = `
databse: {}
database:
  poolMax: \${POOL:-many}
queues:
  live: { url: "sqs.test/live", visibility_seconds: 30 }
  backfill:
    url: \${BACKFILL_URL}
sources:
  - name: Acme
    bucket: s3://acme
    timeZone: Mars/Olympus
  - name: beta
    bucket: 12345
  - name: beta
    bucket: shared
worker:
  inflight: 3
  inFlight: 10
  batchSize: 20
  graceSeconds: 2.5
raw: nearest
http: []
console:
  port: 70000
s3:
  forcePathStyle: maybe
`
    const result = readConfig(text, {})
    expect(result.kind === 'invalid' && result.problems.map(({ path, line }) => [path, line])).toEqual([
      ['databse', 2],
      ['database.url', 3],
      ['database.poolMax', 4],
      ['queues.live.url', 6],
      ['queues.live.visibility_seconds', 6],
      ['queues.backfill.url', 8],
      ['sources[0].name', 10],
      ['sources[0].bucket', 11],
      ['sources[0].timeZone', 12],
      ['sources[1].bucket', 14],
      ['sources[2].name', 15],
      ['worker.inflight', 18],
      ['worker.batchSize', 20],
      ['worker.graceSeconds', 21],
      ['raw', 22],
      ['http', 23],
      ['console.port', 25],
      ['s3.forcePathStyle', 27],
    ])
  })

  test('a variable that is not set is one problem, where it is used', () => {
    expect(problemsOf(smallest, {})).toEqual([
      'database.url: DATABASE_URL is not set',
      'queues.live.url: QUEUE_URL is not set',
    ])
  })

  test.each(['a: &x [*x]', 'sources: &all {more: *all}'])(
    'an alias inside its own anchor is a problem: %s',
    (text) => {
      expect(problemsOf(text)).toEqual([': an alias (*name) is used inside its own anchor (&name)'])
    },
  )

  test('each invalid line of invalid YAML is reported', () => {
    const result = readConfig('a: { url: ${X} }\nb: "c\n', env)
    expect(result.kind === 'invalid' && result.problems.map(({ path, line }) => [path, line])).toEqual([
      ['', 1],
      ['', 2],
    ])
  })

  test('a key without a colon is named in words', () => {
    expect(problemsOf('sources\nworker: 1')).toEqual([
      ': invalid YAML: a colon is missing after the key, or a value continues on the next line without quotes',
    ])
  })

  test('an empty file lacks each part that has no default', () => {
    expect(problemsOf('')).toEqual([
      'database: is required',
      'sources: is required',
      'queues.live: is required, unless every source has discover: poll',
    ])
  })

  test('a file that is not a mapping is one problem', () => {
    expect(problemsOf('- a\n- b')).toEqual([': must be a section with keys, not a list'])
  })
})

describe('an unknown key', () => {
  test.each([
    ['wroker', 'worker'],
    ['WORKER', 'worker'],
    ['source', 'sources'],
    ['data_base', 'database'],
  ])('%s gets %s suggested', (written, meant) => {
    expect(problemsOf(`${smallest}\n${written}: {}`)).toEqual([
      `${written}: unknown key; did you mean ${meant}?`,
    ])
  })

  test('that resembles no known key gets a list of the known keys', () => {
    expect(problemsOf(`${smallest}\nhttp: { zebra: 1 }`)).toEqual([
      'http.zebra: unknown key; known keys here: host, port',
    ])
  })
})

describe('a value from the environment', () => {
  const withPort = (port: string) =>
    `${smallest}\nhttp: { port: "${port}" }\ns3: { forcePathStyle: "\${PATHS:-true}" }`

  test('becomes a number or a boolean if the schema requires one', () => {
    const config = configOf(withPort('${PORT}'), { ...env, PORT: '1234', PATHS: 'false' })
    expect([config.http.port, config.s3.forcePathStyle]).toEqual([1234, false])
  })

  test('stays text if the schema requires text', () => {
    const text = smallest.replace('acme-session-files', '${BUCKET}')
    expect(configOf(text, { ...env, BUCKET: '12345' }).sources[0]?.bucket).toBe('12345')
  })

  test('that does not fit is a problem', () => {
    expect(problemsOf(withPort('${PORT}'), { ...env, PORT: 'http' })).toEqual([
      'http.port: must be a number, not text',
    ])
  })

  test('is the only text that is converted', () => {
    expect(problemsOf(withPort('1234'))).toEqual(['http.port: must be a number, not text'])
  })
})

test('I11 fields are left to the raw document only where it is kept', () => {
  const of = (raw: string) => readConfig(`raw: ${raw}\nextra: undocumented\n`, env, [])
  expect(of('latest').kind).toBe('valid')
  expect(of('none')).toMatchObject({
    kind: 'invalid',
    problems: [{ path: 'extra', line: 2, message: expect.stringContaining('raw: latest or all') }],
  })
})

describe('a command checks what it needs', () => {
  const onlyDatabase = 'database:\n  url: ${DATABASE_URL}\nqueues:\n  live:\n    url: ${UNSET}\nsources: 5\n'

  test('the other parts are neither a problem nor in the configuration', () => {
    const result = readConfig(onlyDatabase, env, ['database'])
    expect(result.kind === 'valid' && Object.keys(result.config).sort()).toEqual([
      'analytics',
      'console',
      'database',
      'extra',
      'http',
      'months',
      'raw',
      'reconcile',
      'retention',
      's3',
      'sqs',
      'worker',
    ])
  })

  test.each<{ needs: ConfigNeed[]; paths: string[] }>([
    { needs: [], paths: [] },
    { needs: ['database', 'queue'], paths: ['queues.live.url'] },
    { needs: ['database', 'sources'], paths: ['sources'] },
    { needs: ['database', 'queue', 'sources'], paths: ['queues.live.url', 'sources'] },
  ])('$needs: $paths', ({ needs, paths }) => {
    const result = readConfig(onlyDatabase, env, needs)
    expect(result.kind === 'invalid' ? result.problems.map(({ path }) => path) : []).toEqual(paths)
  })
})

test('I10 a URL of a queue or a store may not contain a password, because logs and the console show the URL', () => {
  const advice = 'must be an http:// or https:// URL without a user name or password'
  const withUser = smallest.replace('${QUEUE_URL}', 'https://user:hunter2@sqs.test/1/live')
  expect(problemsOf(`${withUser}    endpoint: https://user@minio.test\n`)).toEqual([
    `queues.live.url: ${advice}`,
    `sources[0].endpoint: ${advice}`,
  ])
})

describe('identity.key', () => {
  const withKey = (key: string) => `${smallest}identity:\n  key: ${key}\n`

  test.each(['short', '"${SHORT}"', '12345678901234567890123456789é'])(
    'shorter than 32 bytes is refused without being shown',
    (key) => {
      const problems = problemsOf(withKey(key), { ...env, SHORT: 'tiny secret' })
      expect(problems).toEqual([
        'identity.key: is shorter than 32 bytes; make one with: openssl rand -base64 32',
      ])
    },
  )

  test('is read as it is, and only by what maps documents', () => {
    const key = 'k'.repeat(32)
    expect(configOf(withKey('"${KEY}"'), { ...env, KEY: key }).identity).toEqual({ key })
    expect(configOf(smallest, env).identity).toEqual({})
    expect(readConfig(withKey('"${UNSET}"'), env, ['database']).kind).toBe('valid')
    expect(readConfig(withKey('"${UNSET}"'), env, ['database', 'sources']).kind).toBe('invalid')
  })
})

test('I10 a key of encryption is 32 bytes in base64 or a file, its id is its own, and no message holds it', () => {
  const of = (...keys: object[]) => readConfig(JSON.stringify({ encryption: { keys } }), env, ['sources'])
  const problemsOf = (...keys: object[]) => {
    const read = of(...keys)
    return read.kind === 'invalid' ? read.problems.filter(({ path }) => path.startsWith('encryption')) : []
  }
  const key = Buffer.alloc(32, 7).toString('base64')
  expect(problemsOf({ id: 'a', key }, { id: 'b', key: 'file:/run/secrets/key' })).toEqual([])
  const short = problemsOf({ id: 'a', key: 'c2VjcmV0' })
  expect(short).toMatchObject([{ message: expect.stringContaining('openssl rand -base64 32') }])
  expect(JSON.stringify(short)).not.toContain('c2VjcmV0')
  expect(problemsOf({ id: 'a', key }, { id: 'a', key })).toMatchObject([
    { message: 'must have ids that differ' },
  ])
})
