import { Duration } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { TriggerFunction } from 'aws-cdk-lib/triggers'
import { Construct, type IConstruct } from 'constructs'
import { acknowledgeFunction } from './acknowledge-findings.ts'
import { lambdaCode } from './lambda-code.ts'
import { databaseName, passwordExcludes, type WarehouseDatabase } from './warehouse-database.ts'

export type WorkerLoginProps = {
  vpc: ec2.IVpc
  database: WarehouseDatabase
  databaseCertificates: string
}

/**
 * Migrates the database and creates the login of the workers, on each deployment with new migrations, before the
 * resources given to `readyBefore`. If a migration fails, the deployment changes no worker.
 */
export class WorkerLogin extends Construct {
  readonly secret: ISecret
  readonly prepare: TriggerFunction
  private readonly database: WarehouseDatabase

  constructor(scope: Construct, id: string, { vpc, database, databaseCertificates }: WorkerLoginProps) {
    super(scope, id)
    this.database = database
    this.secret = this.makeSecret('Secret', 'aftercall_worker')
    this.prepare = new TriggerFunction(this, 'Prepare', {
      ...lambdaCode('prepare-database', databaseCertificates),
      description: 'Applies migrations and creates the login of the workers',
      // The maximum of Lambda. If a migration may take longer, the release notes say so, and it is run by hand before.
      timeout: Duration.minutes(15),
      memorySize: 512,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [database.clients],
      logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS }),
      environment: {
        DATABASE_ADDRESS: `${database.endpoint.socketAddress}/${databaseName}`,
        MASTER_SECRET_ARN: database.master.secretArn,
        WORKER_SECRET_ARN: this.secret.secretArn,
      },
      executeAfter: [database],
    })
    acknowledgeFunction(this.prepare)
    database.master.grantRead(this.prepare)
    this.secret.grantRead(this.prepare)
    this.rotate('WorkerLogin', this.secret)
  }

  /** The secret of a login that can only read what the console shows. */
  makeConsoleLogin(): ISecret {
    const secret = this.makeSecret('ConsoleSecret', 'aftercall_console')
    this.prepare.addEnvironment('CONSOLE_SECRET_ARN', secret.secretArn)
    secret.grantRead(this.prepare)
    this.rotate('ConsoleLogin', secret)
    return secret
  }

  readyBefore(...constructs: IConstruct[]): void {
    for (const construct of constructs) construct.node.addDependency(this.prepare.trigger)
  }

  private makeSecret(id: string, username: string): ISecret {
    const login = new rds.DatabaseSecret(this, id, {
      username,
      masterSecret: this.database.master,
      dbname: databaseName,
      encryptionKey: this.database.key,
      excludeCharacters: passwordExcludes,
    })
    return login.attach(this.database.server)
  }

  /** Rotation alternates between two users: the old password stays valid until the next rotation, and tasks restart before it. */
  private rotate(id: string, secret: ISecret): void {
    this.database.server.addRotationMultiUser(id, {
      secret,
      automaticallyAfter: Duration.days(30),
      excludeCharacters: passwordExcludes,
      // Before the first migration the login does not exist.
      rotateImmediatelyOnUpdate: false,
    })
  }
}
