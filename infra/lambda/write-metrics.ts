import type { Writable } from 'node:stream'
import type { LambdaWorker } from './open-lambda-worker.ts'

/**
 * Writes the metrics that a worker's collector sends to CloudWatch, as one line in the embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
 * under the same names, so that the same alarms work. Resets the counts afterwards.
 */
export async function writeMetrics(
  { metrics, deployment, freshnessSeconds: bound }: LambdaWorker,
  { isLive }: { isLive: boolean },
  out: Writable,
): Promise<void> {
  const { objects, schemaDrift, freshnessSeconds, sessionCollisions, clockDisagreements } = metrics
  const byOutcome = new Map<string, number>()
  for (const { labels, value } of (await objects.get()).values) {
    const outcome = String(labels.outcome)
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + value)
  }
  for (const [outcome, count] of byOutcome) {
    writeLine(out, { deployment, outcome }, { aftercall_objects_total: count })
  }
  // For old files, freshness would measure their age, not our delay.
  const freshness = isLive ? (await freshnessSeconds.get()).values : []
  const within = freshness.find(({ labels }) => String(labels.le) === bound)
  const all = freshness.find(({ metricName }) => metricName === 'aftercall_freshness_seconds_count')
  writeLine(
    out,
    { deployment },
    {
      aftercall_schema_drift_total: await sumOf(schemaDrift),
      aftercall_session_collisions_total: await sumOf(sessionCollisions),
      aftercall_clock_disagreements_total: await sumOf(clockDisagreements),
      aftercall_freshness_sessions: all?.value ?? 0,
      aftercall_freshness_within_goal: within?.value ?? 0,
    },
  )
  for (const metric of [objects, schemaDrift, freshnessSeconds, sessionCollisions, clockDisagreements])
    metric.reset()
}

async function sumOf(counter: LambdaWorker['metrics']['schemaDrift']): Promise<number> {
  return (await counter.get()).values.reduce((sum, { value }) => sum + value, 0)
}

function writeLine(out: Writable, dimensions: Record<string, string>, values: Record<string, number>): void {
  const metadata = {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: 'Aftercall',
        Dimensions: [['deployment'], ...('outcome' in dimensions ? [['deployment', 'outcome']] : [])],
        Metrics: Object.keys(values).map((Name) => ({ Name })),
      },
    ],
  }
  out.write(`${JSON.stringify({ _aws: metadata, ...dimensions, ...values })}\n`)
}
