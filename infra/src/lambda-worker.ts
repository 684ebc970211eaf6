import { Duration } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgeFunction } from './acknowledge-findings.ts'
import type { LambdaCompute } from './deployment.ts'
import { grantConsuming, grantReading } from './grants.ts'
import { lambdaCode } from './lambda-code.ts'
import type { Parts } from './parts.ts'
import { writeWorkerConfig } from './worker-config.ts'

export const lambdaSeconds = 60

/** Loads files in a Lambda function, for installations where little or nothing lands for hours. */
export class LambdaWorker extends Construct {
  /** The role that reads the bucket. */
  readonly role: iam.IRole

  constructor(scope: Construct, id: string, parts: Parts, { concurrencyMax }: LambdaCompute) {
    super(scope, id)
    const { deployment, database, landing, live, backfill, login, vpc } = parts
    const { settings, ...rest } = deployment
    const handler = new lambda.Function(this, 'Function', {
      ...lambdaCode('work-messages', deployment),
      description: 'Loads the session files that are announced on the live queue',
      timeout: Duration.seconds(lambdaSeconds),
      memorySize: 1024,
      vpc,
      vpcSubnets: parts.work,
      securityGroups: [database.clients],
      logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_MONTH }),
      environment: {
        AFTERCALL_YAML: writeWorkerConfig({
          deployment: { ...rest, settings: { worker: { inFlight: 100 }, ...settings } },
          database,
          live: live.queue,
          backfill: backfill.queue,
          caFile: '/var/task/rds-ca.pem',
          poolMax: 2,
        }),
        WORKER_SECRET_ARN: login.secret.secretArn,
        BACKFILL_QUEUE_ARN: backfill.queue.queueArn,
        DEPLOYMENT: deployment.name,
        FRESHNESS_SECONDS: String(deployment.alarms?.freshnessSeconds ?? 3600),
      },
    })
    const queues = [live.queue, backfill.queue]
    queues.forEach((queue, position) => {
      handler.addEventSourceMapping(`Queue${position}`, {
        eventSourceArn: queue.queueArn,
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(2),
        maxConcurrency: concurrencyMax,
        reportBatchItemFailures: true,
      })
    })
    if (handler.role === undefined) throw new Error('the function has no role')
    this.role = handler.role
    acknowledgeFunction(handler)
    grantConsuming(handler, queues)
    grantReading(handler, landing, deployment.sources)
    login.secret.grantRead(handler)
    login.readyBefore(handler.node.findChild('Resource'))
  }
}
