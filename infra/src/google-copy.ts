import { Duration, Stack } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as scheduler from 'aws-cdk-lib/aws-scheduler'
import * as targets from 'aws-cdk-lib/aws-scheduler-targets'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { acknowledgeTask } from './acknowledge-findings.ts'
import { imageOf } from './aftercall-task.ts'
import type { GoogleCopySource } from './deployment.ts'
import { allow } from './grants.ts'
import { grantWriting, type LandingBucket } from './landing-bucket.ts'

const rcloneImage = 'docker.io/rclone/rclone:1.71.0'

export type GoogleCopyProps = {
  vpc: ec2.IVpc
  work: ec2.SubnetSelection
  cluster: ecs.ICluster
  landing: LandingBucket
  from: GoogleCopySource
}

/** Regularly copies new and changed objects from a Google Cloud Storage bucket to the landing bucket. */
export class GoogleCopy extends Construct {
  readonly task: ecs.FargateTaskDefinition

  constructor(scope: Construct, id: string, { vpc, work, cluster, landing, from }: GoogleCopyProps) {
    super(scope, id)
    this.task = new ecs.FargateTaskDefinition(this, 'Task', { cpu: 512, memoryLimitMiB: 1024 })
    this.addCopier(landing, from)
    acknowledgeTask(this.task)
    grantWriting(this.task.taskRole, landing, from.toPrefix)
    // Lists both sides and compares size and time.
    allow(this.task.taskRole, ['s3:ListBucket'], [landing.bucketArn], {
      StringLike: { 's3:prefix': [`${from.toPrefix}*`] },
    })
    const securityGroup = new ec2.SecurityGroup(this, 'Tasks', {
      vpc,
      description: 'Copies from Google Cloud Storage',
    })
    new scheduler.Schedule(this, 'Every', {
      description: `Copies gs://${from.bucket}/${from.prefix}`,
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(from.everyMinutes)),
      target: new targets.EcsRunFargateTask(cluster, {
        taskDefinition: this.task,
        vpcSubnets: work,
        securityGroups: [securityGroup],
      }),
    })
  }

  private addCopier(landing: LandingBucket, from: GoogleCopySource): void {
    const keys = Secret.fromSecretCompleteArn(this, 'HmacKey', from.hmacSecretArn)
    this.task.addContainer('Copy', {
      image: imageOf(this, 'Repository', from.image ?? rcloneImage),
      command: copyCommand(landing.bucketName, from),
      environment: {
        RCLONE_CONFIG_GOOGLE_TYPE: 's3',
        RCLONE_CONFIG_GOOGLE_PROVIDER: 'GCS',
        RCLONE_CONFIG_GOOGLE_ENDPOINT: 'https://storage.googleapis.com',
        RCLONE_CONFIG_LANDING_TYPE: 's3',
        RCLONE_CONFIG_LANDING_PROVIDER: 'AWS',
        RCLONE_CONFIG_LANDING_ENV_AUTH: 'true',
        RCLONE_CONFIG_LANDING_REGION: Stack.of(this).region,
        RCLONE_CONFIG_LANDING_NO_CHECK_BUCKET: 'true',
        RCLONE_CONFIG_LANDING_NO_HEAD: 'true',
      },
      secrets: {
        RCLONE_CONFIG_GOOGLE_ACCESS_KEY_ID: ecs.Secret.fromSecretsManager(keys, 'accessKeyId'),
        RCLONE_CONFIG_GOOGLE_SECRET_ACCESS_KEY: ecs.Secret.fromSecretsManager(keys, 'secretAccessKey'),
      },
      logging: ecs.LogDrivers.awsLogs({
        logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_MONTH }),
        streamPrefix: 'copy',
      }),
      readonlyRootFilesystem: true,
    })
  }
}

/**
 * Compares only listings and makes no request per object. The platform rewrites a file some minutes after its session. A
 * file that is newer than its copy is copied again. Within the window, so is a file with another size, because it may have
 * been rewritten while it was copied (https://rclone.org/docs/#update).
 */
function copyCommand(landingBucket: string, { bucket, prefix, toPrefix }: GoogleCopySource): string[] {
  return [
    'copy',
    `google:${bucket}/${prefix}`,
    `landing:${landingBucket}/${toPrefix}`,
    '--fast-list',
    '--update',
    '--use-server-modtime',
    '--modify-window=10m',
    '--transfers=32',
    '--checkers=32',
    '--retries=3',
    '--stats=0',
  ]
}
