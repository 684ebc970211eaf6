import { connect } from 'node:net'
import { createLogger } from '@aftercall/runtime/telemetry/logger'
import { writeRejections } from '@aftercall/warehouse/ledger/rejections'
import { recordSources } from '@aftercall/warehouse/ledger/sources'
import { readMigrations } from '@aftercall/warehouse/schema/migrate'
import { readAssets } from '../../../services/console/src/read-assets.ts'
import { type Console, runConsole } from '../../../services/console/src/run-console.ts'
import { must, type Target } from '../target.ts'
import { migrationsDir, openOne, startOwnDatabase } from './own-database.ts'

const paths = [
  ...[
    '/',
    '/?span=24h&source=acme',
    '/sources/acme',
    '/rejections?source=acme',
    '/rejections/not_json?state=open&limit=10',
    '/rejections/1',
  ],
  ...[
    '/sessions?source=acme&day=2026-03-23&after=call-5',
    '/objects?source=acme&outcome=rejected&key=m&limit=2&format=csv',
  ],
  ...[
    '/history?of=acme/call/1',
    '/history?of=s3://files/metadata/1.json',
    '/history?of=1160',
    '/drift',
    '/runs',
    '/runs/new',
    '/actions/1',
  ],
  ...[
    '/days?days=7',
    '/analytics?source=acme&channel=call&from=2026-03-01&to=2026-03-31&chart=volume',
    '/healthz',
    '/readyz',
    '/actions?before=9',
  ],
]
/** Stands for the real length, so that changed forms are read, too. */
const lengthOfRest = 'Content-Length: auto'
const host = 'Host: console.example.com\r\n'
const forms = [
  'kind=replay&id=1&id=2',
  'kind=backfill&source=acme&since=2026-03-01&dryRun=on&maxRate=5',
  'kind=reconcile&source=acme&fix=on&key=3c9e5e52-8f1c-4f0b-9d3e-0a4d2f3b1c22&count=1&typed=1',
]
const seeds = [
  ...paths.map((path) => `GET ${path} HTTP/1.1\r\n${host}\r\n`),
  ...paths
    .slice(0, 9)
    .map(
      (path) =>
        `GET /api${path} HTTP/1.1\r\n${host}Accept-Encoding: gzip\r\nCookie: a=b; c="d"\r\nIf-None-Match: "x"\r\n\r\n`,
    ),
  ...forms.flatMap((form) => ['/confirm', '/actions'].map((path) => postOf(path, form))),
  postOf('/actions/1/cancel', ''),
]

function postOf(path: string, form: string): string {
  const from =
    'X-User: ana@example.com\r\nOrigin: http://console.example.com\r\nSec-Fetch-Site: same-origin\r\n'
  return `POST ${path} HTTP/1.1\r\n${host}${from}Content-Type: application/x-www-form-urlencoded\r\n${lengthOfRest}\r\n\r\n${form}`
}

const injected = '<i>injected</i>'
const words = [
  ...paths,
  ...[
    '%00',
    '%0d%0aX-Injected: 1',
    '%ff',
    '%',
    '+',
    '&',
    '?',
    '#',
    '..',
    '//',
    '/api',
    '\r\n',
    '\n',
    '\0',
    ' ',
    ';',
    '__proto__',
    'constructor',
    '%F0%9F%92%A5',
  ],
  ...[
    injected,
    encodeURIComponent(injected),
    '"',
    "'",
    '-9223372036854775809',
    '2026-02-30',
    '99999999999999999999',
  ],
  ...['source=', 'limit=', 'after=', 'key=', 'of=', 'kind=', 'id=', 'a&'],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 5\r\n',
    'Expect: 100-continue\r\n',
    'X-User: bob\r\n',
    'Host: x\r\n',
    'Connection: close\r\n',
    'HEAD ',
    'POST ',
    'OPTIONS * ',
    'HTTP/1.0',
    'http://console.example.com/',
  ],
]

/** The bytes of a connection to the console, on a real database. Without one, it starts its own. */
export async function consoleRequest(databaseUrl?: string): Promise<Target> {
  const own = databaseUrl === undefined ? await startOwnDatabase() : undefined
  const url = databaseUrl ?? own?.url ?? ''
  await fill(url)
  const defects: string[] = []
  const running = await startConsole(url, defects)
  return {
    name: 'console-request',
    bytesMax: 49_152,
    form: 'text',
    seeds: () => seeds.map((text) => Buffer.from(text, 'latin1')),
    words,
    bound: {
      steps: { least: 600_000, perByte: 100 },
      allocated: { least: 20_000_000, perByte: 2_000 },
    },
    async read(bytes) {
      defects.length = 0
      const text = await send(running.port, withLength(bytes))
      must(defects.length === 0, `no defect of the console is logged: ${defects[0] ?? ''}`)
      must(text === '' || text.startsWith('HTTP/1.1 '), 'a connection is answered with HTTP')
      must(!/^HTTP\/1\.1 5\d\d/m.test(text), 'no request makes the console fail')
      must(!text.includes(injected), 'no text of a request becomes part of a page')
      must(!/^x-injected:/im.test(text), 'no text of a request becomes a header')
      // Not the same twice: a form changes what is shown, and a connection that is reset loses its answer.
      return undefined
    },
    close: async () => {
      await running.stop()
      await own?.close()
    },
  }
}

function withLength(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const at = text.indexOf('\r\n\r\n')
  if (at === -1) return bytes
  const head = text.slice(0, at).replace(lengthOfRest, `Content-Length: ${text.length - at - 4}`)
  return Buffer.from(`${head}${text.slice(at)}`, 'latin1')
}

async function fill(url: string): Promise<void> {
  const { db, close } = openOne(url)
  await recordSources(db, [{ name: 'acme', bucket: 'files', prefix: 'metadata/' }])
  const place = {
    source: 'acme',
    bucket: 'files',
    objectKey: 'metadata/1.json',
    versionId: null,
    messageId: null,
  }
  await writeRejections(db, [{ ...place, code: 'not_json', detail: 'at 27', content: Buffer.from('{') }])
  await close()
}

async function startConsole(url: string, defects: string[]): Promise<Console> {
  return runConsole({
    config: {
      database: { url, poolMax: 4, statementTimeoutSeconds: 60 },
      console: {
        ...{ host: '127.0.0.1', port: 0, hosts: ['console.example.com'], quietMinutes: 60 },
        ...{ identity: { header: 'x-user' }, actors: ['ana@example.com'], actionsMax: 10_000 },
      },
      months: { yearsBack: 10, ahead: 1, madePerHourMax: 24 },
    },
    logger: createLogger({ level: 'warn', destination: { write: (line) => void defects.push(line) } }),
    migrations: await readMigrations(migrationsDir),
    assets: readAssets(),
    version: '0.0.0',
  })
}

/** All that the console sends until it closes the connection, whose other side has nothing more to say. */
function send(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (part) => parts.push(part))
    // It may close the connection before it has read everything.
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')))
    socket.end(bytes)
  })
}
