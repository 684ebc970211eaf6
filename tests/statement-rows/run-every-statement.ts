import { createSecretKey } from 'node:crypto'
import type { Database } from '@aftercall/warehouse/connection/database'
import { countPerson } from '@aftercall/warehouse/erasure/count-person'
import { erasePerson } from '@aftercall/warehouse/erasure/erase-person'
import { readOwnership } from '@aftercall/warehouse/erasure/erasure-record'
import { readSubject } from '@aftercall/warehouse/erasure/read-subject'
import {
  findChangedDays,
  isClosed,
  markPublished,
  markStale,
  noteWaiting,
  readChangedDays,
  readSourceDays,
} from '@aftercall/warehouse/lake/changed-days'
import { readLakeState } from '@aftercall/warehouse/lake/lake-state'
import {
  addPlace,
  markAllDays,
  readShape,
  recordFailure,
  recordSuccess,
  removePlace,
} from '@aftercall/warehouse/lake/places'
import { readPublishedFiles, recordFile } from '@aftercall/warehouse/lake/published-files'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { askMaintain } from '../../packages/warehouse/src/actions/ask-actions.ts'
import { noteProgress, startAction } from '../../packages/warehouse/src/actions/carry-actions.ts'
import { countRejections } from '../../packages/warehouse/src/actions/count-rejections.ts'
import { countReplayed } from '../../packages/warehouse/src/actions/count-replayed.ts'
import {
  mayAct,
  readAction,
  readActions,
  readActionTimes,
  readOpenActions,
} from '../../packages/warehouse/src/actions/read-actions.ts'
import { readDatabaseTime } from '../../packages/warehouse/src/connection/database-clock.ts'
import { hasTransactionPooler } from '../../packages/warehouse/src/connection/find-pooler.ts'
import { createActivityReader } from '../../packages/warehouse/src/console/activity-reader.ts'
import {
  readHandleSplits,
  readHourVolume,
  readQueueLevels,
  readTransferFlows,
  readWeekHours,
} from '../../packages/warehouse/src/console/analytics-charts.ts'
import { countSessions } from '../../packages/warehouse/src/console/count-sessions.ts'
import { readDays } from '../../packages/warehouse/src/console/days.ts'
import {
  findObjectsByKey,
  findObjectsOfSession,
  findSessionsById,
} from '../../packages/warehouse/src/console/find-places.ts'
import { readLedgerPage } from '../../packages/warehouse/src/console/ledger-page.ts'
import { readOverview } from '../../packages/warehouse/src/console/overview.ts'
import { readMinutes } from '../../packages/warehouse/src/console/read-minutes.ts'
import { readSessionDays } from '../../packages/warehouse/src/console/read-session-days.ts'
import {
  readRejectionDetails,
  readRejectionPage,
} from '../../packages/warehouse/src/console/rejection-groups.ts'
import { readRuns } from '../../packages/warehouse/src/console/runs.ts'
import { readRecentSessions, readRevisions } from '../../packages/warehouse/src/console/session-history.ts'
import { readSessionPage, readSessionsOfDay } from '../../packages/warehouse/src/console/session-page.ts'
import { readSessionChanges, readSessionParts } from '../../packages/warehouse/src/console/session-parts.ts'
import { readDatedViews, readLakeSources } from '../../packages/warehouse/src/lake/read-lake-views.ts'
import { withLease } from '../../packages/warehouse/src/leases/with-lease.ts'
import {
  closeBackfillRun,
  createBackfillRun,
  findOpenRun,
} from '../../packages/warehouse/src/ledger/backfill-runs.ts'
import { countStrays } from '../../packages/warehouse/src/ledger/count-strays.ts'
import { readObjectHistory, readSessionHistory } from '../../packages/warehouse/src/ledger/history.ts'
import { lookUpObjects, readLedgerPages } from '../../packages/warehouse/src/ledger/ledger-lookup.ts'
import { findRejections, markRejections } from '../../packages/warehouse/src/ledger/mark-rejections.ts'
import {
  groupRejections,
  listRejections,
  readRejection,
  readRejectionContent,
} from '../../packages/warehouse/src/ledger/read-rejections.ts'
import { readReconcileRuns, startReconcileRun } from '../../packages/warehouse/src/ledger/reconcile-runs.ts'
import {
  countUnusableContents,
  readRejectedContents,
  readRejectedMessages,
} from '../../packages/warehouse/src/ledger/rejected-contents.ts'
import {
  readLedgerPlaces,
  readRejectedPlaces,
  readSessionPlaces,
} from '../../packages/warehouse/src/ledger/replay-places.ts'
import { openSortedObjects } from '../../packages/warehouse/src/ledger/sorted-objects.ts'
import { recordSources } from '../../packages/warehouse/src/ledger/sources.ts'
import { recordHeartbeat } from '../../packages/warehouse/src/ledger/worker-heartbeats.ts'
import {
  createDriftRecorder,
  readDrift,
  readDriftOf,
} from '../../packages/warehouse/src/load/drift-recorder.ts'
import { countRawDocuments, readRawDocuments } from '../../packages/warehouse/src/load/raw-documents.ts'
import { findRetentionHalt } from '../../packages/warehouse/src/maintenance/hold-back-retention.ts'
import {
  applyMaintenance,
  type MaintenancePlan,
  planMaintenance,
} from '../../packages/warehouse/src/maintenance/maintain.ts'
import {
  readHaltOfLastRun,
  startMaintenanceRun,
} from '../../packages/warehouse/src/maintenance/maintenance-runs.ts'
import { dropOldRows } from '../../packages/warehouse/src/maintenance/retention/drop-old-rows.ts'
import {
  estimateRows,
  measureRetention,
} from '../../packages/warehouse/src/maintenance/retention/measure-retention.ts'
import {
  readRetention,
  recordRetention,
} from '../../packages/warehouse/src/maintenance/retention/retention-record.ts'
import { checkDayIfDue, checkRollups } from '../../packages/warehouse/src/rollups/check-rollups.ts'
import { markChanged } from '../../packages/warehouse/src/rollups/refresh-rollups.ts'
import { readAccess, readRoles } from '../../packages/warehouse/src/schema/access.ts'
import { readAgentVisibility } from '../../packages/warehouse/src/schema/agent-visibility.ts'
import { readDictionary } from '../../packages/warehouse/src/schema/dictionary.ts'
import { migrationStates } from '../../packages/warehouse/src/schema/migrate.ts'
import { readPublicRights } from '../../packages/warehouse/src/schema/public-rights.ts'
import { readReaderRisks } from '../../packages/warehouse/src/schema/reader-rights.ts'
import { readServer } from '../../packages/warehouse/src/schema/require-server.ts'
import { createOpener } from '../../packages/warehouse/src/sealing/create-opener.ts'
import { readDocument } from '../../packages/warehouse/src/sealing/read-document.ts'
import { rewrapDataKeys, sealOldRows } from '../../packages/warehouse/src/sealing/seal-old-rows.ts'
import { settlementOf } from '../../packages/warehouse/test/document.ts'
import { openLoader } from '../../packages/warehouse/test/open-loader.ts'

const session = { source: 'acme', channel: 'call', sessionId: '1' }
const place = { bucket: 'files', key: 'call-1.json' }
const retention = {
  ...{ documentMonths: 1, ledgerDays: 1, rejectionContentDays: 1, rejectionDays: 1, driftDays: 1 },
  ...{ actionDays: 1, runDays: 1, workerDays: 1 },
}
const request = { source: 'acme', bucket: 'files', prefix: '', host: 'test' }

/** Calls every function of the warehouse that has a raw statement, so that the statement is run at least once. */
export async function runEveryStatement(db: Database): Promise<void> {
  await recordSources(db, [{ name: 'acme', bucket: 'files', prefix: '' }])
  await load(db)
  await readLedger(db)
  await readRejections(db)
  await keepRuns(db)
  await carryAction(db)
  await keepRollups(db)
  await readConsole(db)
  await maintain(db)
  await readCatalogue(db)
  await erase(db)
}

async function all<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  return Array.fromAsync(pages)
}

async function load(db: Database): Promise<void> {
  const loader = openLoader(db)
  const { object } = settlementOf({ key: 'bad.json' })
  const rejection = {
    source: 'acme',
    bucket: 'files',
    objectKey: 'bad.json',
    versionId: null,
    messageId: null,
  }
  const content = Buffer.from('{')
  await loader.commit(settlementOf({ updatedAt: '2026-03-23T20:28:00Z' }))
  await loader.commit(settlementOf({ updatedAt: '2026-03-23T20:30:00Z', rating: 5 }))
  // Superseded, and then by another session with the same id.
  await loader.commit(settlementOf({ updatedAt: '2026-03-23T20:29:00Z', rating: 4 }))
  await loader.commit(settlementOf({ createdAt: '2026-03-24T00:00:00Z', key: 'other.json' }))
  await loader.commit({
    kind: 'rejected',
    object,
    rejections: [{ ...rejection, code: 'not_json', detail: 'not JSON', content }],
  })
  const drift = createDriftRecorder(db)
  drift.note({
    source: 'acme',
    channel: 'call',
    path: '$.x',
    type: 'string',
    bucket: 'files',
    objectKey: 'x',
  })
  await drift.flush()
  await readDrift(db, 10)
  await readDriftOf(db, place)
  const mapping = { version: 1_000, settingsVersion: 0 }
  await countRawDocuments(db, { mapping })
  await all(readRawDocuments(db, { mapping }))
  await keepSealed(db)
  await readAgentVisibility(db)
}

const keys = {
  currentId: 'one',
  byId: new Map(['one', 'two'].map((id, index) => [id, Buffer.alloc(32, index)])),
}
const opener = (db: Database) => createOpener(db, keys)

async function keepSealed(db: Database): Promise<void> {
  await sealOldRows(db, keys, { batchSealed() {} })
  await rewrapDataKeys(db, { ...keys, currentId: 'two' })
  const found = await readDocument(db, { ...session, revision: '' }, keys)
  expect(found).toMatchObject({ isEncrypted: true })
}

async function readLedger(db: Database): Promise<void> {
  await lookUpObjects(db, { name: 'acme', bucket: 'files', settings: { identityKey } }, [
    'call-1.json',
    'gone.json',
  ])
  await all(readLedgerPages(db, { bucket: 'files', prefix: '' }))
  await countStrays(db)
  expect(await readObjectHistory(db, place)).toBeDefined()
  expect(await readSessionHistory(db, session)).toBeDefined()
  await all(readLedgerPlaces(db, {}))
  await all(readRejectedPlaces(db, {}))
  await readSessionPlaces(db, session)
  const sorted = await openSortedObjects(db, { purpose: 'inventory_object', host: 'test' })
  await sorted.add([{ key: 'a' }])
  await all(sorted.pages())
  await sorted.close()
}

async function readRejections(db: Database): Promise<void> {
  await groupRejections(db, {})
  const [first] = await listRejections(db, {}, 1)
  const id = first?.id ?? ''
  await readRejection(db, id)
  await readRejectionContent(db, id, opener(db))
  await readRejectionDetails(db, id)
  await readRejectionPage(db, { code: 'not_json', source: null, state: 'open', after: null, limit: 10 })
  await countUnusableContents(db, {})
  await all(readRejectedContents(db, {}, { opener: opener(db) }))
  await all(readRejectedMessages(db, {}, { opener: opener(db) }))
  await findRejections(db, [id])
  await markRejections(db, { ids: [id] }, { from: 'open', to: 'ignored' })
  await dropOldRows(db, retention)
}

async function keepRuns(db: Database): Promise<void> {
  const { runId } = await createBackfillRun(db, { ...request, via: 'direct', request: {}, shards: [] })
  await findOpenRun(db, 'acme')
  await closeBackfillRun(db, runId)
  const reconcile = await startReconcileRun(db, { source: 'acme', purpose: 'command', host: 'test' })
  await readReconcileRuns(db, reconcile)
  await withLease(db, { name: 'one', host: 'test' }, () =>
    withLease(db, { name: 'one', host: 'other' }, async () => {}),
  )
  await recordHeartbeat(db, {
    workerId: '00000000-0000-4000-8000-000000000000',
    host: 'test',
    version: '1',
    receiving: true,
    inFlight: 0,
    queues: [],
    lastError: null,
  })
}

async function carryAction(db: Database): Promise<void> {
  const formKey = '00000000-0000-4000-8000-000000000001'
  const id = await askMaintain(db, { by: 'test', formKey, confirmed: null })
  await startAction(db, id, 'test')
  await noteProgress(db, id, { done: 1 })
  await readAction(db, id)
  await readActions(db, { before: null, limit: 10 })
  await readOpenActions(db, 10)
  await readActionTimes(db, 10)
  await mayAct(db)
  await countRejections(db, {})
  await countReplayed(db, {}, id)
}

async function keepRollups(db: Database): Promise<void> {
  const [fromDay, toDay] = ['2026-03-23', '2026-03-24'] as const
  await markChanged(db, fromDay, toDay)
  await all(checkRollups(db, { fromDay, toDay }))
  await checkDayIfDue(db)
}

async function readConsole(db: Database): Promise<void> {
  const months = { yearsBack: 10, ahead: 1 }
  const overview = await readOverview(db, { migrations: [], months, readActivity: createActivityReader(db) })
  expect(overview.tookTooLong).toEqual([])
  await readRuns(db)
  await readRecentSessions(db)
  await readRevisions(db, session)
  await readSessionParts(db, session)
  await readSessionChanges(db, session)
  const { source, sessionId } = session
  await readSessionPage(db, { source, channel: 'call', before: null, limit: 10 })
  await readSessionsOfDay(db, { source, day: '2026-03-23', after: null, limit: 10 })
  await readLedgerPage(db, { place: null, outcome: null, after: null, limit: 10 })
  const filter = { source, channel: null, from: '2026-03-01', to: '2026-03-31' }
  await readHourVolume(db, filter)
  await readMinutes(db, source)
  await readSessionDays(db, { source, days: 60 })
  await readQueueLevels(db, filter)
  await readWeekHours(db, filter)
  await readTransferFlows(db, filter)
  await readHandleSplits(db, filter)
  await findSessionsById(db, { channels: ['call'], sessionId })
  await findObjectsByKey(db, 'call')
  await findObjectsOfSession(db, { channel: 'call', sessionId })
  await readDatedViews(db)
  await readLakeSources(db)
  await keepPlace(db)
  await readDays(db, { from: '2026-03-01', to: '2026-03-31' })
  await countSessions(db, ['acme'])
}

async function keepPlace(db: Database): Promise<void> {
  const place = './lake'
  const day = { source: 'acme', localDay: '2026-03-01', change: '1', isPublished: false }
  await addPlace(db, place, 60)
  await findChangedDays(db, new AbortController().signal)
  await markAllDays(db, place, { shape: await readShape(db), rewrite: true })
  await readChangedDays(db, place)
  await recordFile(db, { ...day, place, view: 'session' }, { rows: 1, sha256: null })
  await readPublishedFiles(db, { ...day, place })
  await noteWaiting(db, day.source, day.localDay)
  await isClosed(db, day.source, day.localDay)
  await markPublished(db, place, day)
  await markStale(db, place, day)
  await recordFailure(db, place, 'failed')
  await recordSuccess(db, place)
  await readSourceDays(db, place)
  await readLakeState(db)
  await removePlace(db, place)
}

async function maintain(db: Database): Promise<void> {
  const month = '2026-03'
  const now = await readDatabaseTime(db)
  const sources = [{ name: 'acme', retentionMonths: 1 }]
  await planMaintenance(db, { sources, now, retention, span: { yearsBack: 10, ahead: 1 } })
  const measured = await measureRetention(db, { sources, settings: retention, plan: { empty: [] } })
  await recordRetention(db, measured, [])
  await estimateRows(db, 'ledger')
  await readRetention(db)
  const step = { month, sources: ['acme'], tables: [{ table: 'session', rows: 1_000_000 }], bytes: 0 }
  const nothing: MaintenancePlan = { make: [], drain: [], stay: [], retain: [], empty: [], misshapen: [] }
  await findRetentionHalt(
    db,
    { ...nothing, retain: [{ ...step, how: 'drop' }] },
    { allowedMonths: undefined },
  )
  const plan: MaintenancePlan = {
    ...nothing,
    make: ['2026-04'],
    drain: [{ month, tables: [] }],
    retain: [
      { ...step, how: 'delete' },
      { ...step, how: 'drop' },
    ],
    empty: [{ month, kind: 'document', rows: 1, bytes: 0 }],
  }
  const steps = await applyMaintenance(db, plan, { stepEnded() {}, batchDeleted() {} })
  expect(steps.filter(({ kind }) => kind === 'failed')).toEqual([])
  await startMaintenanceRun(db, 'test')
  await readHaltOfLastRun(db)
}

async function readCatalogue(db: Database): Promise<void> {
  await readServer(db)
  await readAccess(db)
  await readRoles(db)
  await readPublicRights(db)
  await readReaderRisks(db)
  await readAgentVisibility(db)
  await readDictionary(db)
  await migrationStates(db, [])
  await hasTransactionPooler(db)
}

const identityKey = createSecretKey('an identity key of these tests, of 32 bytes', 'utf8')

async function erase(db: Database): Promise<void> {
  const selector = { source: 'acme', kind: 'end_user', value: '42' } as const
  const asked = {
    ...{ identityKey, askedBy: 'test', reason: null, withNames: false, consumersMax: 1 },
    ...{ opener: opener(db), skipsUnreadable: false },
  }
  const { signal } = new AbortController()
  await openLoader(db).commit(settlementOf({ id: 77, key: 'before.json' }))
  await sql`
    update warehouse.session set end_user_id = 42, customer_key = gen_random_uuid(), email = 'pat@example.com',
      object_key = 'pat@example.com.json' where session_id = 77`.execute(db)
  await all(readSubject(db, selector, opener(db)))
  await countPerson(db, { ...asked, selector })
  await erasePerson(db, { ...asked, selector, signal })
  await erasePerson(db, { ...asked, selector: { source: 'acme', kind: 'agent', value: '1' }, signal })
  await openLoader(db, { identityKey }).commit(settlementOf({ key: 'after.json' }))
  await readOwnership(db)
}
