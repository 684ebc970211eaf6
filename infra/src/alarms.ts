import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as rds from 'aws-cdk-lib/aws-rds'
import * as sns from 'aws-cdk-lib/aws-sns'
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import type { AlarmGoals } from './deployment.ts'
import type { Parts } from './parts.ts'
import { workerMetrics } from './worker-metrics.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD, LESS_THAN_OR_EQUAL_TO_THRESHOLD } =
  cloudwatch.ComparisonOperator
const { BREACHING, NOT_BREACHING } = cloudwatch.TreatMissingData

export const quietMinutesDefault = 360

type Condition = {
  metric: cloudwatch.IMetric
  comparisonOperator: cloudwatch.ComparisonOperator
  threshold: number
  /** Number of periods of the metric. Default 1. */
  evaluationPeriods?: number
  treatMissingData?: cloudwatch.TreatMissingData
  /** What it means, for the person on call. */
  meaning: string
  /** The anchor of a heading in docs/runbook.md. */
  runbook: string
}

export type AlarmsProps = { parts: Parts; consoleTargets: ApplicationTargetGroup | undefined }

/** The alarms, each with the section of the runbook that says what to do. */
export class Alarms extends Construct {
  readonly alarms: cloudwatch.Alarm[] = []

  constructor(scope: Construct, id: string, { parts, consoleTargets }: AlarmsProps) {
    super(scope, id)
    const { alarms: goals = {} } = parts.deployment
    const topic = goals.email === undefined ? undefined : this.makeTopic(goals.email)
    const runbookUrl = goals.runbookUrl ?? 'docs/runbook.md'
    const conditions = {
      ...queueConditions(parts, goals),
      ...workerConditions(parts, goals),
      ...databaseConditions(parts),
      ...(consoleTargets === undefined ? {} : consoleConditions(consoleTargets)),
    }
    for (const [name, { meaning, runbook, ...condition }] of Object.entries(conditions)) {
      const alarm = new cloudwatch.Alarm(this, name, {
        evaluationPeriods: 1,
        treatMissingData: NOT_BREACHING,
        ...condition,
        alarmName: `${parts.deployment.name}-${name}`,
        alarmDescription: `${meaning} What to do: ${runbookUrl}#${runbook}`,
      })
      if (topic !== undefined) {
        alarm.addAlarmAction(new actions.SnsAction(topic))
        alarm.addOkAction(new actions.SnsAction(topic))
      }
      this.alarms.push(alarm)
    }
  }

  private makeTopic(email: string): sns.Topic {
    const key = new kms.Key(this, 'TopicKey', { description: 'Alarm notifications', enableKeyRotation: true })
    const alarms = new iam.ServicePrincipal('cloudwatch.amazonaws.com')
    key.grantEncryptDecrypt(alarms)
    const topic = new sns.Topic(this, 'Topic', { masterKey: key, enforceSSL: true })
    topic.addSubscription(new subscriptions.EmailSubscription(email))
    return topic
  }
}

function queueConditions({ live, backfill }: Parts, goals: AlarmGoals): Record<string, Condition> {
  const period = Duration.minutes(5)
  const quietMinutes = goals.quietMinutesMax ?? quietMinutesDefault
  const deadLetters = ({ deadLetters }: typeof live): Condition => ({
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    comparisonOperator: GREATER_THAN_THRESHOLD,
    threshold: 0,
    meaning: 'Messages failed repeatedly and are in the dead-letter queue.',
    runbook: 'dead-letters',
  })
  return {
    'oldest-message': {
      metric: live.queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 3_600,
      meaning: 'A new file has waited for more than an hour.',
      runbook: 'queue-age-rises',
    },
    'dead-letters': deadLetters(live),
    'backfill-dead-letters': deadLetters(backfill),
    ...(quietMinutes === 0
      ? {}
      : {
          'no-data': {
            metric: live.queue.metricNumberOfMessagesSent({
              period: Duration.minutes(quietMinutes),
              statistic: 'Sum',
            }),
            comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            threshold: 0,
            // SQS sends no metrics for a queue that has been idle for six hours.
            treatMissingData: BREACHING,
            meaning: `No new file was announced for ${quietMinutes} minutes.`,
            runbook: 'lost-events-and-loading-a-source-again',
          },
        }),
  }
}

function workerConditions({ deployment }: Parts, goals: AlarmGoals): Record<string, Condition> {
  const metrics = workerMetrics(deployment.name)
  const hours = (goals.freshnessSeconds ?? 3_600) / 3_600
  return {
    freshness: {
      metric: metrics.freshPercent,
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 95,
      evaluationPeriods: 2,
      meaning: `The 95th percentile of freshness is above ${hours} h: too few sessions are stored within this time after their end.`,
      runbook: 'queue-age-rises',
    },
    rejections: {
      metric: metrics.rejectedPercent,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: goals.rejectedPercentMax ?? 5,
      evaluationPeriods: 2,
      meaning: 'Many files are rejected. They are kept, and other files are still loaded.',
      runbook: 'rejections-rise',
    },
    drift: {
      metric: metrics.drift,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'Files contain fields or words that this release does not know. Nothing is lost, and it is not urgent.',
      runbook: 'schema-drift-appears',
    },
    'shared-ids': {
      metric: metrics.sharedIds,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'Different sessions of one source have the same id. Only the newest is in the tables; the others are kept.',
      runbook: 'sessions-share-an-id-or-a-clock-is-wrong',
    },
    clocks: {
      metric: metrics.clocks,
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 0,
      meaning:
        'The clocks of a worker and of the database differ by over 15 minutes. Retention is suspended.',
      runbook: 'maintenance-removes-nothing',
    },
  }
}

/** Aurora grows by itself, so its size is watched; otherwise the free disk space. */
function databaseConditions({ deployment, database: { server } }: Parts): Record<string, Condition> {
  const period = Duration.minutes(5)
  const gib = 1024 ** 3
  const storageGiB = deployment.database.kind === 'rds' ? deployment.database.storageGiB : 0
  const storage =
    server instanceof rds.DatabaseCluster
      ? {
          metric: server.metricVolumeBytesUsed({ period: Duration.hours(1), statistic: 'Maximum' }),
          comparisonOperator: GREATER_THAN_THRESHOLD,
          threshold: 1024 * gib,
          meaning: 'The database has grown beyond 1 TiB.',
        }
      : {
          metric: server.metricFreeStorageSpace({ period, statistic: 'Minimum' }),
          comparisonOperator: LESS_THAN_THRESHOLD,
          threshold: 0.2 * storageGiB * gib,
          meaning: 'The disk of the database is nearly full.',
        }
  return {
    'database-storage': { ...storage, runbook: 'disk-full' },
    'database-connections': {
      metric: server.metricDatabaseConnections({ period, statistic: 'Maximum' }),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 150,
      evaluationPeriods: 3,
      meaning: 'The database has more connections than the workers can need.',
      runbook: 'queue-age-rises',
    },
    'database-cpu': {
      metric: server.metricCPUUtilization({ period }),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      threshold: 90,
      evaluationPeriods: 6,
      meaning: 'The CPU of the database has been above 90 % for half an hour.',
      runbook: 'queue-age-rises',
    },
  }
}

/** Counts healthy tasks, because a task that does not start is never counted as unhealthy. */
function consoleConditions(targets: ApplicationTargetGroup): Record<string, Condition> {
  return {
    console: {
      metric: targets.metrics.healthyHostCount({ period: Duration.minutes(5), statistic: 'Maximum' }),
      comparisonOperator: LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: BREACHING,
      meaning: 'The console has not been ready for 15 minutes. Files are still loaded.',
      runbook: 'the-console-does-not-answer',
    },
  }
}
