import { writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { chance, integer, pick, type Random } from '@aftercall/samples/random'
import { writeS3Notification } from '@aftercall/storage/notifications/write-s3-notification'
import {
  type FaultRule,
  jsonAnswer,
  type ProxiedAnswer,
  xmlErrorAnswer,
} from '@aftercall/testkit/http-fault-proxy'
import { sql } from 'kysely'
import { bucket } from '../e2e/bench.ts'
import { keyAskedFor } from '../faults/http-bench.ts'
import type { Stage } from './stage.ts'

/** What breaks in a step. */
export type Fault =
  | 'kill'
  | 'stop'
  | 'kill between commit and ack'
  | 'answers of S3'
  | 'answers of SQS'
  | 'outage of AWS'
  | 'messages twice'
  | 'messages with wrong times'
  | 'cut connections'
  | 'commits without an answer'
  | 'restart of Postgres'
  | 'crash of Postgres'
  | 'frozen Postgres'
  | 'errors of Postgres'
  | 'locks'
  | 'ended sessions'
  | 'clock jump'

/** Breaks something, and returns what ends it. */
type Break = (stage: Stage, random: Random) => Promise<() => Promise<void>>

const nothingToEnd = async (): Promise<void> => {}

const breaks: Record<Fault, Break> = {
  kill: async (stage, random) => {
    await stage.replaceWorker(integer(random, 0, 1), 'SIGKILL')
    return nothingToEnd
  },
  stop: async (stage, random) => {
    await stage.replaceWorker(integer(random, 0, 1), 'SIGTERM')
    return nothingToEnd
  },
  'kill between commit and ack': async (stage, random) => {
    stage.proxy.setRule(async (request, forward) => {
      if (request.action !== 'DeleteMessageBatch') return forward()
      if (chance(random, 0.5)) await forward()
      return new Promise(() => {})
    })
    return async () => {
      for (const place of [0, 1]) await stage.replaceWorker(place, 'SIGKILL')
      stage.proxy.setRule()
    }
  },
  'answers of S3': (stage, random) => withRule(stage, failObjects(random)),
  'answers of SQS': (stage, random) => withRule(stage, failCalls(random)),
  'outage of AWS': (stage) => withRule(stage, () => Promise.reject(new Error('away'))),
  'messages twice': async (stage, random) => {
    const known = stage.landed.filter(() => chance(random, 0.3)).slice(0, 60)
    for (const key of known) await stage.bench.send(writeS3Notification([{ bucket, key }]))
    return nothingToEnd
  },
  'messages with wrong times': async (stage, random) => {
    const years = [-30, -1, 1, 40]
    for (const key of stage.landed.slice(-20)) {
      const eventTime = new Date(Date.now() + pick(random, years) * 31_536_000_000)
      await stage.bench.send(
        writeS3Notification([{ bucket, key, sequencer: '0055AED6DCD90281E5' }], { eventTime }),
      )
    }
    return nothingToEnd
  },
  'cut connections': async (stage, random) => {
    stage.judge = () => (chance(random, 0.03) ? 'cut' : 'pass')
    return async () => stage.passAll()
  },
  'commits without an answer': async (stage, random) => {
    const committing = new Set<number>()
    stage.judge = ({ bytes, to, connection }) => {
      if (to === 'server') {
        if (bytes.includes('commit\0') && chance(random, 0.5)) committing.add(connection)
        return 'pass'
      }
      return committing.delete(connection) ? 'cut' : 'pass'
    }
    return async () => stage.passAll()
  },
  'restart of Postgres': async (stage) => {
    await stage.server.stop()
    return () => stage.server.restore()
  },
  'crash of Postgres': async (stage) => {
    await stage.server.crash()
    return () => stage.server.restore()
  },
  'frozen Postgres': async (stage, random) => {
    await stage.server.freeze()
    // Longer than a statement of a worker may take.
    const thawing = wait(integer(random, 200, 2_000)).then(() => stage.server.thaw())
    return () => thawing
  },
  'errors of Postgres': injectErrors,
  locks: async (stage, random) => {
    const held = stage.db.transaction().execute(async (transaction) => {
      await sql`lock table ingest.object in share row exclusive mode`.execute(transaction)
      await wait(integer(random, 200, 1_500))
    })
    return () => held
  },
  'ended sessions': async (stage) => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(stage.db)
    return nothingToEnd
  },
  'clock jump': async (stage, random) => {
    const hours = pick(random, [-30, -6, 0, 6, 30, 26_280])
    await writeFile(stage.skewFile, String(hours * 3_600_000))
    for (const worker of stage.workers) process.kill(worker.pid, 'SIGUSR2')
    return nothingToEnd
  },
}

export const faults = Object.keys(breaks) as Fault[]

export function breakSomething(stage: Stage, fault: Fault, random: Random): Promise<() => Promise<void>> {
  return breaks[fault](stage, random)
}

async function withRule(stage: Stage, rule: FaultRule): Promise<() => Promise<void>> {
  stage.proxy.setRule(rule)
  return async () => stage.proxy.setRule()
}

const htmlAnswer = (status: number): ProxiedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>a gateway</body></html>'),
})

/** What a store, or something before it, answers in place of objects. */
function failObjects(random: Random): FaultRule {
  return async (request, forward) => {
    if (keyAskedFor(request) === undefined || chance(random, 0.5)) return forward()
    switch (integer(random, 0, 7)) {
      case 0:
        return xmlErrorAnswer(503, 'SlowDown')
      case 1:
        return xmlErrorAnswer(500, 'InternalError')
      case 2:
        return htmlAnswer(502)
      case 3:
        return { ...(await forward()), cutAfterBytes: 50 }
      case 4:
        return { ...(await forward()), bytesDeclared: 1_000_000 }
      case 5:
        return xmlErrorAnswer(403, 'AccessDenied')
      case 6:
        return { ...htmlAnswer(200), headers: { 'last-modified': 'Mon, 23 Mar 2026 20:17:00 GMT' } }
      default:
        throw new Error('the connection is closed')
    }
  }
}

/** What SQS, or something before it, answers in place of its own answers. */
function failCalls(random: Random): FaultRule {
  return async (request, forward) => {
    if (request.action === undefined || chance(random, 0.7)) return forward()
    switch (integer(random, 0, 5)) {
      case 0:
        return jsonAnswer(500, { __type: 'com.amazonaws.sqs#InternalError' })
      case 1:
        return jsonAnswer(400, { __type: 'RequestThrottled' })
      case 2:
        return htmlAnswer(503)
      case 3:
        return { ...jsonAnswer(200, { Messages: [], Successful: [] }), cutAfterBytes: 5 }
      case 4:
        // It has done what was asked, and its answer is lost.
        await forward()
        throw new Error('the connection is closed')
      default:
        return jsonAnswer(200, 'neither a list nor an answer')
    }
  }
}

const states = ['40P01', '40001', '53100', '53200', '57014', '55P03']

/** The next batches fail, at their statement or at their commit. A sequence counts, because it is not rolled back. */
async function injectErrors(stage: Stage, random: Random): Promise<() => Promise<void>> {
  const next = Array.from({ length: integer(random, 2, 6) }, () => pick(random, states)).join()
  const trigger = chance(random, 0.5)
    ? 'constraint trigger chaos after insert or update on ingest.object deferrable initially deferred for each row'
    : 'trigger chaos before insert on ingest.object for each statement'
  await stage.run(`
    create sequence ingest.chaos;
    create function ingest.chaos() returns trigger language plpgsql as $$
      declare state text := ('{${next}}'::text[])[nextval('ingest.chaos')];
      begin
        if state is not null then raise 'injected' using errcode = state; end if;
        return null;
      end $$;
    grant usage on sequence ingest.chaos to public;
    create ${trigger} execute function ingest.chaos()`)
  return () =>
    stage.run('drop trigger chaos on ingest.object; drop function ingest.chaos(); drop sequence ingest.chaos')
}
