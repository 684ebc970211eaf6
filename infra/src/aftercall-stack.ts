import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { acknowledgePrefixes } from './acknowledge-findings.ts'
import { Alarms } from './alarms.ts'
import { announceObjects } from './announce-objects.ts'
import { BulkTask } from './bulk-task.ts'
import { checkDeployment } from './check-deployment.ts'
import { ConsoleService } from './console-service.ts'
import { makeDashboard } from './dashboard.ts'
import type { Deployment } from './deployment.ts'
import { FargateWorker } from './fargate-worker.ts'
import { GoogleCopy } from './google-copy.ts'
import { LambdaWorker, lambdaSeconds } from './lambda-worker.ts'
import { LandingBucket } from './landing-bucket.ts'
import { Network } from './network.ts'
import type { Parts } from './parts.ts'
import { PublishService } from './publish-service.ts'
import { SftpLanding } from './sftp-landing.ts'
import { WarehouseDatabase } from './warehouse-database.ts'
import { WorkQueue } from './work-queue.ts'
import { WorkerLogin } from './worker-login.ts'

/** The templates rely on these. Set here, so that the construct works in an app that does not know them. */
const flags = [
  '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm',
  '@aws-cdk/aws-iam:minimizePolicies',
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy',
]

/** One installation of Aftercall: files → bucket → queue → worker → Postgres, with monitoring. */
export class AftercallStack extends Stack {
  constructor(scope: Construct, deployment: Deployment, props: StackProps = {}) {
    checkDeployment(deployment)
    super(scope, deployment.name, { description: 'Aftercall', terminationProtection: true, ...props })
    for (const flag of flags) this.node.setContext(flag, true)
    const parts = this.makeParts(deployment)
    announceObjects(this, { landing: parts.landing, queue: parts.live.queue, deployment })
    const bulk = new BulkTask(this, 'Bulk', parts)
    const worker = this.makeWorker(parts)
    this.addDeliveries(parts)
    const page = this.addConsole(parts)
    const service = worker instanceof FargateWorker ? worker.service : undefined
    const { publish } = deployment
    const publisher = publish === undefined ? undefined : new PublishService(this, 'Publish', parts, publish)
    const alarms = new Alarms(this, 'Alarms', {
      ...{ parts, bulk, service, consoleTargets: page?.targets },
      publisher: publisher?.service,
    })
    makeDashboard(this, parts, alarms)
    this.addOutputs(parts, bulk, worker.role)
    for (const [key, value] of Object.entries({ application: 'aftercall', ...deployment.tags })) {
      Tags.of(this).add(key, value)
    }
    acknowledgePrefixes(this, deployment)
  }

  private makeParts(deployment: Deployment): Parts {
    const { vpc, work, database: subnets } = new Network(this, 'Network', deployment)
    const database = new WarehouseDatabase(this, 'Database', { ...deployment, vpc, subnets })
    const queueProps = { visibilitySeconds: deployment.compute.kind === 'lambda' ? 6 * lambdaSeconds : 60 }
    return {
      deployment,
      vpc,
      work,
      cluster: new ecs.Cluster(this, 'Cluster', {
        vpc,
        containerInsightsV2: ecs.ContainerInsights.ENABLED,
      }),
      landing: new LandingBucket(this, 'Landing', deployment.bucket),
      live: new WorkQueue(this, 'Live', queueProps),
      backfill: new WorkQueue(this, 'Backfill', queueProps),
      database,
      login: new WorkerLogin(this, 'Login', { vpc, work, database, deployment }),
    }
  }

  private makeWorker(parts: Parts): FargateWorker | LambdaWorker {
    const { compute } = parts.deployment
    switch (compute.kind) {
      case 'fargate':
        return new FargateWorker(this, 'Worker', parts, compute)
      case 'lambda':
        return new LambdaWorker(this, 'Worker', parts, compute)
    }
  }

  private addDeliveries({ deployment: { sftp, googleCopy }, vpc, work, cluster, landing }: Parts): void {
    if (sftp !== undefined) new SftpLanding(this, 'Sftp', { vpc, landing, access: sftp })
    if (googleCopy !== undefined) {
      new GoogleCopy(this, 'GoogleCopy', { vpc, work, cluster, landing, from: googleCopy })
    }
  }

  private addConsole(parts: Parts): ConsoleService | undefined {
    const { console: access } = parts.deployment
    if (access === undefined) return undefined
    const service = new ConsoleService(this, 'Console', parts, access)
    new CfnOutput(this, 'ConsoleAddress', { value: service.entrance.address })
    return service
  }

  /** The outputs that the commands in infra/README.md need. */
  private addOutputs(
    { live, cluster, vpc, work, database, landing }: Parts,
    bulk: BulkTask,
    worker: IRole,
  ): void {
    const subnets = vpc.selectSubnets(work).subnetIds.join(',')
    const outputs = {
      BucketName: landing.bucketName,
      LiveQueueUrl: live.queue.queueUrl,
      LiveQueueArn: live.queue.queueArn,
      ClusterName: cluster.clusterName,
      BulkTask: bulk.task.family,
      BulkLog: bulk.log.logGroupName,
      BulkNetwork: `awsvpcConfiguration={subnets=[${subnets}],securityGroups=[${database.clients.securityGroupId}]}`,
      DatabaseHost: database.host,
      MasterSecretArn: database.master.secretArn,
      // For the policy of a bucket in another account.
      ReaderRoleArns: [worker, bulk.task.taskRole].map(({ roleArn }) => roleArn).join(','),
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}
