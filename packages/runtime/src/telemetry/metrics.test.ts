import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

const contract = [
  ['aftercall_backfill_objects_max', 'gauge'],
  ['aftercall_batch_documents', 'histogram'],
  ['aftercall_batch_faults_total', 'counter'],
  ['aftercall_build_info', 'gauge'],
  ['aftercall_clock_disagreements_total', 'counter'],
  ['aftercall_fetch_retries_total', 'counter'],
  ['aftercall_freshness_seconds', 'histogram'],
  ['aftercall_lag_seconds', 'histogram'],
  ['aftercall_large_objects_total', 'counter'],
  ['aftercall_messages_acked_total', 'counter'],
  ['aftercall_messages_received_total', 'counter'],
  ['aftercall_messages_rejected_total', 'counter'],
  ['aftercall_messages_returned_total', 'counter'],
  ['aftercall_months_left_out_total', 'counter'],
  ['aftercall_object_bytes_total', 'counter'],
  ['aftercall_objects_in_flight', 'gauge'],
  ['aftercall_objects_total', 'counter'],
  ['aftercall_oldest_message_age_seconds', 'gauge'],
  ['aftercall_pool_connections', 'gauge'],
  ['aftercall_publish_failing', 'gauge'],
  ['aftercall_publish_lag_seconds', 'gauge'],
  ['aftercall_publish_waiting_days', 'gauge'],
  ['aftercall_queue_faults_total', 'counter'],
  ['aftercall_queue_messages', 'gauge'],
  ['aftercall_reconcile_last_success_timestamp_seconds', 'gauge'],
  ['aftercall_reconcile_objects', 'gauge'],
  ['aftercall_rollup_differences', 'gauge'],
  ['aftercall_rollup_hours_total', 'counter'],
  ['aftercall_rollup_lag_seconds', 'gauge'],
  ['aftercall_rollup_waiting_hours', 'gauge'],
  ['aftercall_rows_total', 'counter'],
  ['aftercall_schema_drift_total', 'counter'],
  ['aftercall_session_collisions_total', 'counter'],
  ['aftercall_sessions_expired_total', 'counter'],
  ['aftercall_stage_duration_seconds', 'histogram'],
  ['aftercall_superseded_by_older_total', 'counter'],
  ['aftercall_test_events_total', 'counter'],
  ['aftercall_unknown_words_total', 'counter'],
  ['aftercall_untrusted_times_total', 'counter'],
]

test('the metrics have the names and types of the interface, and no other metric is named aftercall', async () => {
  const text = await createMetrics({ version: '1.2.3' }).render()
  const found = [...text.matchAll(/^# TYPE (aftercall_\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind])
  expect(found.sort()).toEqual(contract)
})

test('every metric has a help text', async () => {
  const text = await createMetrics({ version: '1.2.3' }).render()
  const explained = [...text.matchAll(/^# HELP (aftercall_\w+) \S.{10,}$/gm)].map(([, name]) => name)
  expect(explained.sort()).toEqual(contract.map(([name]) => name))
})

test('counts are rendered with their labels, together with the metrics of the process', async () => {
  const metrics = createMetrics({ version: '1.2.3' })
  metrics.objects.inc({ outcome: 'rejected', code: 'not_json' })
  metrics.objects.inc({ outcome: 'stored' }, 2)
  metrics.stageDurationSeconds.observe({ stage: 'fetch' }, 0.02)
  metrics.queueMessages.set({ state: 'dead_letter' }, 3)
  const lines = (await metrics.render()).split('\n')
  expect(lines).toContain('aftercall_objects_total{outcome="rejected",code="not_json"} 1')
  expect(lines).toContain('aftercall_objects_total{outcome="stored"} 2')
  expect(lines).toContain('aftercall_stage_duration_seconds_count{stage="fetch"} 1')
  expect(lines).toContain('aftercall_queue_messages{state="dead_letter"} 3')
  expect(lines).toContain('aftercall_build_info{version="1.2.3"} 1')
  expect(lines.join('\n')).toMatch(/^process_resident_memory_bytes \d+/m)
})

test('two sets of metrics count separately', async () => {
  const [one, other] = [createMetrics({ version: '1' }), createMetrics({ version: '1' })]
  one.messagesReceived.inc(5)
  expect(await one.render()).toMatch(/^aftercall_messages_received_total 5$/m)
  expect(await other.render()).toMatch(/^aftercall_messages_received_total 0$/m)
})
