import type * as ec2 from 'aws-cdk-lib/aws-ec2'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import type { Deployment } from './deployment.ts'
import type { LandingBucket } from './landing-bucket.ts'
import type { WarehouseDatabase } from './warehouse-database.ts'
import type { WorkQueue } from './work-queue.ts'
import type { WorkerLogin } from './worker-login.ts'

/** The resources that the services use. */
export type Parts = {
  deployment: Deployment
  vpc: ec2.IVpc
  /** The subnets of tasks and functions. */
  work: ec2.SubnetSelection
  cluster: ecs.ICluster
  landing: LandingBucket
  live: WorkQueue
  backfill: WorkQueue
  database: WarehouseDatabase
  login: WorkerLogin
}
