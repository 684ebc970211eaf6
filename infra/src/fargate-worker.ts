import { Duration, Stack } from 'aws-cdk-lib'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { imageOf, makeAftercallTask } from './aftercall-task.ts'
import { writeCollectorConfig } from './collector-config.ts'
import type { FargateCompute } from './deployment.ts'
import { allow, grantConsuming, grantCounting, grantReading } from './grants.ts'
import type { Parts } from './parts.ts'
import { restartWeekly } from './restart-weekly.ts'
import { scaleWorkers } from './scale-workers.ts'

/**
 * The community distribution, because ADOT, the one of AWS, has no `transform` processor
 * (https://github.com/aws-observability/aws-otel-collector/issues/2300).
 */
export const collectorImageDefault =
  'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib:0.156.0'
const metricsPort = 9464

/** `aftercall worker` as a service: scales with waiting messages, restarts for new passwords, sends metrics to CloudWatch. */
export class FargateWorker extends Construct {
  /** The role that reads the bucket. */
  readonly role: iam.IRole
  readonly service: ecs.FargateService

  constructor(scope: Construct, id: string, parts: Parts, { tasksMin, tasksMax }: FargateCompute) {
    super(scope, id)
    const { cluster, deployment, database, landing, live, backfill } = parts
    const task = this.makeTask(parts)
    this.role = task.taskRole
    grantReading(task.taskRole, landing, deployment.sources)
    grantConsuming(task.taskRole, [live.queue, backfill.queue])
    grantCounting(task.taskRole, [live.deadLetters, backfill.deadLetters])
    const service = new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition: task,
      // No desired count, because each deployment would reset the scaling to it.
      vpcSubnets: parts.work,
      securityGroups: [database.clients],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    })
    parts.login.readyBefore(service)
    scaleWorkers(service, { live: live.queue, backfill: backfill.queue, tasksMin, tasksMax })
    this.service = service
    restartWeekly(this, service, 'Restarts workers to use rotated passwords')
  }

  private makeTask(parts: Parts): ecs.FargateTaskDefinition {
    const logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_MONTH })
    const { task } = makeAftercallTask(this, 'Task', parts, {
      command: ['worker'],
      cpu: 1024,
      memoryMiB: 4096,
      logGroup,
      logPrefix: 'worker',
      healthCheck: {
        command: ['CMD', 'node', '-e', healthScript],
        startPeriod: Duration.seconds(60),
        interval: Duration.seconds(30),
        retries: 3,
      },
    })
    const { collector = { image: collectorImageDefault } } = parts.deployment
    if (collector !== 'none') this.addCollector(task, logGroup, parts, collector.image)
    return task
  }

  private addCollector(
    task: ecs.FargateTaskDefinition,
    logGroup: logs.LogGroup,
    { deployment }: Parts,
    image: string,
  ): void {
    const metricsLog = new logs.LogGroup(this, 'MetricsLog', { retention: logs.RetentionDays.ONE_WEEK })
    task.addContainer('Collector', {
      image: imageOf(this, 'CollectorRepository', image),
      // Missing metrics raise an alarm, but must not stop the worker.
      essential: false,
      command: ['--config=env:COLLECTOR_CONFIG'],
      environment: {
        COLLECTOR_CONFIG: writeCollectorConfig({
          deployment: deployment.name,
          freshnessSeconds: deployment.alarms?.freshnessSeconds ?? 3600,
          metricsPort,
          region: Stack.of(this).region,
          logGroupName: metricsLog.logGroupName,
        }),
      },
      logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'collector' }),
      memoryLimitMiB: 256,
      readonlyRootFilesystem: true,
    })
    allow(task.taskRole, ['logs:CreateLogStream', 'logs:PutLogEvents'], [metricsLog.logGroupArn])
  }
}

const healthScript = `fetch('http://127.0.0.1:${metricsPort}/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`
