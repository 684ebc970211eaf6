import { Arn, Stack } from 'aws-cdk-lib'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgePublishing } from './acknowledge-findings.ts'
import { makeAftercallTask } from './aftercall-task.ts'
import type { LakePublishing } from './deployment.ts'
import { grantPublishing } from './grants.ts'
import type { Parts } from './parts.ts'
import { restartWeekly } from './restart-weekly.ts'

/** The default of the command, too. */
export const publishEvery = '15m'

/**
 * `aftercall publish` as a service with one task. Its login reads `analytics` and keeps the state of the lake; its role may
 * write only below the prefix of the lake. While a deployment starts a new task, that one waits for the old one.
 */
export class PublishService extends Construct {
  readonly service: ecs.FargateService

  constructor(scope: Construct, id: string, parts: Parts, lake: LakePublishing) {
    super(scope, id)
    const { bucketName, prefix, keyArn, every = publishEvery } = lake
    const { task } = makeAftercallTask(this, 'Task', parts, {
      command: ['publish', '--to', `s3://${bucketName}/${prefix}`, '--every', every],
      cpu: 512,
      memoryMiB: 2048,
      logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_MONTH }),
      logPrefix: 'publish',
      login: parts.login.makePublisherLogin(),
    })
    const bucketArn = Arn.format(
      { service: 's3', region: '', account: '', resource: bucketName },
      Stack.of(this),
    )
    grantPublishing(task.taskRole, { bucketArn, prefix, keyArn })
    acknowledgePublishing(task, lake)
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: parts.cluster,
      taskDefinition: task,
      desiredCount: 1,
      vpcSubnets: parts.work,
      securityGroups: [parts.database.clients],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    })
    parts.login.readyBefore(this.service)
    restartWeekly(this, this.service, 'The publisher takes over a rotated password')
  }
}
