import type { DatabasePlace } from '@aftercall/runtime/config/database-tls'
import pg from 'pg'
import { chooseServer, targetOf } from '../connection/choose-server.ts'
import { type Connection, connectionsTo } from '../connection/connection.ts'
import { sqlStateOf } from '../connection/error-class.ts'
import { reliedOn, transactionSettings } from '../connection/transaction-settings.ts'
import { answer, type QueryAnswer } from './answer.ts'
import { judgeLogin, type LoginRow, loginQuery, type ReadOnlyLogin } from './read-only-login.ts'
import { readPages, type TakePage } from './read-pages.ts'
import { NotReadOnlyError, refuseStatement, volatileFunctions, withoutHarmless } from './refuse-statement.ts'
import { everyStatement, type Statement } from './split-statements.ts'

export type ReadOnlySession = {
  /** Set for a login with more rights than reading needs. */
  warning: string | undefined
  /** Several statements in one text give several answers. Rejects with the driver's error or a `NotReadingError`. */
  query(text: string): Promise<QueryAnswer[]>
  /** The same page by page, so that an answer of any size takes little memory: the next page is read when `take` resolves. */
  read(text: string, take: TakePage): Promise<void>
  /** Cancels the current query, which then rejects. */
  cancel(): Promise<void>
  close(): Promise<void>
}

/**
 * A connection on which nothing can be changed. Each statement is sent alone, by the protocol that accepts only one, in a
 * read-only transaction of ours that is rolled back. What such a transaction does not prevent is refused by name, and a
 * login with more rights than reading needs reads as a role without them (ADR 21).
 */
export async function openReadOnlySession(place: DatabasePlace): Promise<ReadOnlySession> {
  const { client, server } = await connect(place)
  try {
    const { volatile, login } = await readTransaction(client, null, async () => ({
      volatile: await readVolatile(client),
      login: await readLogin(client),
    }))
    let pid: string | undefined
    const remember = (of: string): void => {
      pid = of
    }
    const checked = (text: string): Statement[] => {
      const statements = everyStatement(text)
      for (const statement of statements) refuseStatement(statement, volatile)
      return statements
    }
    const queryNow = async (text: string): Promise<QueryAnswer[]> => {
      const answers: QueryAnswer[] = []
      for (const statement of checked(text)) {
        const whole = () => answer(client, statement.text)
        answers.push(await answerAs(client, login, { work: whole, begun: remember, isFinal: () => false }))
      }
      return answers
    }
    const readNow = async (text: string, take: TakePage): Promise<void> => {
      for (const statement of checked(text)) {
        let isShown = false
        const show: TakePage = (page) => {
          isShown = true
          return take(page)
        }
        const pages = () => readPages(client, statement, show)
        // Another role would begin again with rows that were shown already.
        await answerAs(client, login, { work: pages, begun: remember, isFinal: () => isShown })
      }
    }
    let last: Promise<unknown> = Promise.resolve()
    // One after another: each has its own transaction on the one connection.
    const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
      const next = last.then(work)
      last = next.catch(() => {})
      return next
    }
    return {
      warning: login.excess,
      query: (text) => inTurn(() => queryNow(text)),
      read: (text, take) => inTurn(() => readNow(text, take)),
      cancel: () => cancelBackend(server, pid),
      close: () => client.end(),
    }
  } catch (error) {
    await client.end()
    throw error
  }
}

async function connect(place: DatabasePlace): Promise<{ client: pg.Client; server: Connection }> {
  const connections = connectionsTo(place)
  const doors = connections.servers.map((server) => ({
    server,
    open: () => connectTo(server),
    discard: (client: pg.Client) => client.end(),
  }))
  const target = targetOf(connections, { reads: true })
  const { client, position } = await chooseServer(doors, { target, first: 0 })
  return { client, server: connections.servers[position] ?? connections.servers[0] }
}

async function connectTo(server: Connection): Promise<pg.Client> {
  const client = new pg.Client({
    ...server,
    application_name: 'aftercall-sql',
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: () => (value: string) => value },
  })
  client.on('error', () => {
    // The current query, or the next one, is rejected with the same error.
  })
  await client.connect()
  return client
}

type Attempt<Answer> = {
  work(): Promise<Answer>
  begun(pid: string): void
  /** Whether a refusal ends it, although another role may have the rights. */
  isFinal(): boolean
}

/** As the first role that has the rights. If none has, the error is that of the first. */
async function answerAs<Answer>(
  client: pg.Client,
  { roles }: ReadOnlyLogin,
  { work, begun, isFinal }: Attempt<Answer>,
): Promise<Answer> {
  let lacking: unknown
  for (const role of roles) {
    try {
      return await readTransaction(client, role, work, begun)
    } catch (error) {
      if (sqlStateOf(error) !== '42501' || isFinal()) throw error
      lacking ??= error
    }
  }
  throw lacking
}

const forReaders = {
  // Names without a schema mean our tables; nothing temporary comes before them.
  search_path: 'analytics, warehouse, ingest, pg_temp',
  // A session and its children lie in partitions of the same month. Without this, a bound on the month of one of them does not
  // bound the others.
  enable_partitionwise_join: 'on',
  // Of a cursor, all rows are read, so the best plan is that for all rows.
  cursor_tuple_fraction: '1',
}

/** Rolled back, so that nothing that a statement prepared for the commit, such as a notification, happens. */
async function readTransaction<Answer>(
  client: pg.Client,
  role: string | null,
  work: () => Promise<Answer>,
  begun: (pid: string) => void = () => {},
): Promise<Answer> {
  try {
    await client.query('begin read only')
    const own = { ...reliedOn, ...forReaders }
    await client.query(transactionSettings(role === null ? own : { ...own, role }))
    const { rows } = await client.query<{ isReadOnly: string; pid: string }>(
      `select current_setting('transaction_read_only') as "isReadOnly", pg_catalog.pg_backend_pid() as pid`,
    )
    if (rows[0]?.isReadOnly !== 'on') {
      const message = 'the database did not begin a read-only transaction; nothing was sent'
      throw new NotReadOnlyError('transaction_not_read_only', message)
    }
    begun(rows[0].pid)
    return await work()
  } finally {
    await client.query('rollback').catch(() => {
      // The connection is lost, and its transaction with it.
    })
  }
}

async function readVolatile(client: pg.Client): Promise<Set<string>> {
  // Values come as text, as Postgres prints them, and an array of names as {a,b}.
  const { rows } = await client.query<{ names: string }>(
    `select array_to_string(names, ',') as names from (${volatileFunctions}) as found`,
  )
  return withoutHarmless((rows[0]?.names ?? '').split(','))
}

async function readLogin(client: pg.Client): Promise<ReadOnlyLogin> {
  const { rows } = await client.query<{ found: string }>(
    `select to_json(found) as found from (${loginQuery}) as found`,
  )
  const row: LoginRow = JSON.parse(rows[0]?.found ?? '{"login":"","excess":null,"readers":null}')
  return judgeLogin(row)
}

/** By a second connection. The number is that of the server's process, also behind a pooler. */
async function cancelBackend(server: Connection, pid: string | undefined): Promise<void> {
  if (pid === undefined) return
  const client = await connectTo(server)
  await client.query('select pg_catalog.pg_cancel_backend($1)', [pid]).finally(() => client.end())
}
