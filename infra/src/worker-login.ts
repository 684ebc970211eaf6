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
 * Migrates the database and makes the login that everything else works with, on each deployment that brings new
 * migrations, before whatever `readyBefore` names. A deployment whose migration fails changes no worker.
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
      description: 'Applies migrations and makes the login of the workers',
      // The longest there is. A release whose migration may take longer says so: it is then run by hand beforehand.
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

  /** Of a login that reads what the console shows, and nothing else. */
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

  /** Two users take turns: the old password is good until the next turn, and tasks are restarted in between. */
  private rotate(id: string, secret: ISecret): void {
    this.database.server.addRotationMultiUser(id, {
      secret,
      automaticallyAfter: Duration.days(30),
      excludeCharacters: passwordExcludes,
      // Before the first migration there is no such login yet.
      rotateImmediatelyOnUpdate: false,
    })
  }
}
