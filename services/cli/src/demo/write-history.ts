import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { type HistoryPlan, historySession } from '@aftercall/samples/sample-history'
import { writeDocument } from '@aftercall/samples/sample-session'
import { type ExpectedSession, expectedSession } from './due-file.ts'
import type { LateRevision } from './landings.ts'

export type WrittenHistory = {
  sessions: ExpectedSession[]
  keys: string[]
  /** What the platform writes of these sessions after the end of the history. */
  late: LateRevision[]
}

/** No demo runs longer. */
const lateMsMax = 24 * 3_600_000
const sessionsPerTurn = 20

/**
 * Puts the files of a history into the bucket, as they are there when Aftercall is installed: every key with its newest
 * revision, and without a notification. Lets others work in between, as the console.
 */
export async function writeHistory(
  { aws }: Pick<EmbeddedStack, 'aws'>,
  bucket: string,
  plan: HistoryPlan,
  signal: AbortSignal,
): Promise<WrittenHistory> {
  const history: WrittenHistory = { sessions: [], keys: [], late: [] }
  for (let number = 0; number < plan.sessions; number += 1) {
    if (number % sessionsPerTurn === 0) await nextTurn(undefined, { signal })
    const session = historySession(plan, number)
    const documents = new Map<string, Record<string, unknown>>()
    for (const [revision, { exportedAt, key, document }] of session.revisions.entries()) {
      const lateMs = exportedAt.getTime() - plan.until.getTime()
      if (lateMs <= 0) documents.set(`${session.tenant}/metadata/${key}`, document)
      else if (lateMs < lateMsMax) history.late.push({ number, revision, exportedAt })
    }
    for (const [key, document] of documents) {
      aws.addObject(bucket, key, Buffer.from(writeDocument(document)))
      history.keys.push(key)
    }
    const revision = session.revisions.findLastIndex(({ exportedAt }) => exportedAt <= plan.until)
    const newest = session.revisions[revision]
    if (newest !== undefined) history.sessions.push(expectedSession(session, newest.document, revision))
  }
  return history
}
