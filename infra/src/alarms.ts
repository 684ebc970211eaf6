import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as sns from 'aws-cdk-lib/aws-sns'
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import type { Condition } from './alarm-condition.ts'
import type { BulkTask } from './bulk-task.ts'
import { databaseConditions } from './database-alarms.ts'
import type { AlarmGoals } from './deployment.ts'
import { lakeConditions } from './lake-alarms.ts'
import type { Parts } from './parts.ts'
import { queueConditions } from './queue-alarms.ts'
import { upkeepConditions } from './upkeep-alarms.ts'
import { serviceConditions, workerConditions } from './worker-alarms.ts'

const { LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator
const { BREACHING, NOT_BREACHING } = cloudwatch.TreatMissingData

export type AlarmsProps = {
  parts: Parts
  bulk: BulkTask
  /** Undefined for workers in Lambda. */
  service: FargateService | undefined
  consoleTargets: ApplicationTargetGroup | undefined
  publisher: FargateService | undefined
}

/** The alarms, each with the section of the runbook that says what to do. */
export class Alarms extends Construct {
  readonly alarms: cloudwatch.Alarm[] = []

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    const { parts, consoleTargets } = props
    const { alarms: goals = {} } = parts.deployment
    const topics = this.findTopics(goals)
    const runbookUrl = goals.runbookUrl ?? 'docs/runbook.md'
    const conditions = {
      ...queueConditions(parts, goals),
      ...workerConditions(parts, goals),
      ...serviceConditions(parts, props.service),
      ...upkeepConditions(parts, props.bulk),
      ...databaseConditions(parts),
      ...(props.publisher === undefined ? {} : lakeConditions(parts, props.publisher)),
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
      for (const topic of topics) {
        alarm.addAlarmAction(new actions.SnsAction(topic))
        alarm.addOkAction(new actions.SnsAction(topic))
      }
      this.alarms.push(alarm)
    }
  }

  private findTopics({ email, topicArn }: AlarmGoals): sns.ITopic[] {
    return [
      ...(email === undefined ? [] : [this.makeTopic(email)]),
      ...(topicArn === undefined ? [] : [sns.Topic.fromTopicArn(this, 'GivenTopic', topicArn)]),
    ]
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
