import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type { Condition } from './alarm-condition.ts'
import type { Parts } from './parts.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator

/** Aurora grows by itself, so its size is watched; otherwise the free disk space. */
export function databaseConditions({ deployment, database }: Parts): Record<string, Condition> {
  const period = Duration.minutes(5)
  const storage = storageCondition(deployment.database, database.metric)
  const connections = database.metric('DatabaseConnections', { period, statistic: 'Maximum' })
  const cpu = database.metric('CPUUtilization', { period, statistic: 'Average' })
  if (storage === undefined || connections === undefined || cpu === undefined) return {}
  return {
    'database-storage': storage,
    'database-connections': {
      metric: connections,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 150,
      evaluationPeriods: 3,
      meaning: 'The database has more connections than the workers can need.',
      runbook: 'queue-age-rises',
    },
    'database-cpu': {
      metric: cpu,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 90,
      evaluationPeriods: 6,
      meaning: 'The CPU of the database (of its writer) has been above 90 % for half an hour.',
      runbook: 'queue-age-rises',
    },
  }
}

function storageCondition(
  database: Parts['deployment']['database'],
  metric: Parts['database']['metric'],
): Condition | undefined {
  const isCluster =
    database.kind === 'aurora' ||
    (database.kind === 'existing' && database.metrics !== undefined && 'cluster' in database.metrics)
  const found = isCluster
    ? metric('VolumeBytesUsed', { period: Duration.hours(1), statistic: 'Maximum' })
    : metric('FreeStorageSpace', { period: Duration.minutes(5), statistic: 'Minimum' })
  if (found === undefined) return undefined
  if (isCluster) {
    return {
      metric: found,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 1024 * gib,
      meaning: 'The database has grown beyond 1 TiB.',
      runbook: 'disk-full',
    }
  }
  const freeGiB = database.kind === 'rds' ? 0.2 * database.storageGiB : 20
  return {
    metric: found,
    comparisonOperator: LESS_THAN_THRESHOLD,
    threshold: freeGiB * gib,
    meaning: `The disk of the database is nearly full: less than ${freeGiB} GiB are free.`,
    runbook: 'disk-full',
  }
}

const gib = 1024 ** 3
