import { Duration } from 'aws-cdk-lib'
import type * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { CfnApplication } from 'aws-cdk-lib/aws-sam'
import {
  type ISecret,
  Secret,
  SecretRotation,
  SecretRotationApplication,
} from 'aws-cdk-lib/aws-secretsmanager'
import { TriggerFunction } from 'aws-cdk-lib/triggers'
import { Construct, type IConstruct } from 'constructs'
import { acknowledgeFunction, acknowledgeNoRotation } from './acknowledge-findings.ts'
import type { Deployment } from './deployment.ts'
import { allow } from './grants.ts'
import { lambdaCode } from './lambda-code.ts'
import { passwordExcludes, type WarehouseDatabase } from './warehouse-database.ts'

export type WorkerLoginProps = {
  vpc: ec2.IVpc
  work: ec2.SubnetSelection
  database: WarehouseDatabase
  deployment: Pick<Deployment, 'database' | 'databaseCertificates' | 'architecture' | 'passwordRotation'>
}

/**
 * Migrates the database and creates the login of the workers, on each deployment with new migrations, before the
 * resources given to `readyBefore`. If a migration fails, the deployment changes no worker.
 */
export class WorkerLogin extends Construct {
  readonly secret: ISecret
  readonly prepare: TriggerFunction
  /** Their errors are failed rotations. */
  readonly rotationFunctions: string[] = []
  private readonly props: WorkerLoginProps

  constructor(scope: Construct, id: string, props: WorkerLoginProps) {
    super(scope, id)
    const { vpc, work, database, deployment } = props
    this.props = props
    this.secret = this.makeSecret('Secret', 'aftercall_worker')
    this.prepare = new TriggerFunction(this, 'Prepare', {
      ...lambdaCode('prepare-database', deployment),
      description: 'Applies migrations and creates the login of the workers',
      // The maximum of Lambda. If a migration may take longer, the release notes say so, and it is run by hand before.
      timeout: Duration.minutes(15),
      memorySize: 512,
      vpc,
      vpcSubnets: work,
      securityGroups: [database.clients],
      logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS }),
      environment: {
        DATABASE_ADDRESS: database.place,
        MASTER_SECRET_ARN: database.master.secretArn,
        WORKER_SECRET_ARN: this.secret.secretArn,
      },
      executeAfter: [database],
    })
    acknowledgeFunction(this.prepare)
    database.master.grantRead(this.prepare)
    const { database: given } = deployment
    // The CDK cannot change the policy of a key that is there already.
    if (given.kind === 'existing' && given.masterSecretKeyArn !== undefined)
      allow(this.prepare, ['kms:Decrypt'], [given.masterSecretKeyArn])
    if (deployment.passwordRotation === 'none') acknowledgeNoRotation(this, database)
    this.secret.grantRead(this.prepare)
    this.rotate('WorkerLogin', this.secret)
  }

  /** The secret of a login that reads what the console shows, and may ask workers for actions. */
  makeConsoleLogin(): ISecret {
    return this.makeLogin('Console', 'aftercall_console', 'CONSOLE_SECRET_ARN')
  }

  /** The secret of a login that reads `analytics`, and keeps what is published where. */
  makePublisherLogin(): ISecret {
    return this.makeLogin('Publisher', 'aftercall_lake', 'PUBLISHER_SECRET_ARN')
  }

  private makeLogin(name: string, username: string, variable: string): ISecret {
    const secret = this.makeSecret(`${name}Secret`, username)
    this.prepare.addEnvironment(variable, secret.secretArn)
    secret.grantRead(this.prepare)
    this.rotate(`${name}Login`, secret)
    return secret
  }

  readyBefore(...constructs: IConstruct[]): void {
    for (const construct of constructs) construct.node.addDependency(this.prepare.trigger)
  }

  private makeSecret(id: string, username: string): ISecret {
    const { database } = this.props
    if (database.server !== undefined) {
      const login = new rds.DatabaseSecret(this, id, {
        username,
        masterSecret: database.master,
        dbname: database.databaseName,
        encryptionKey: database.key,
        excludeCharacters: passwordExcludes,
      })
      return login.attach(database.server)
    }
    // What `attach` would add.
    const { host, port, databaseName: dbname, master } = database
    const template = { username, engine: 'postgres', host, port, dbname, masterarn: master.secretArn }
    return new Secret(this, id, {
      description: `Login ${username} of the warehouse`,
      encryptionKey: database.key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify(template),
        generateStringKey: 'password',
        passwordLength: 30,
        excludeCharacters: passwordExcludes,
      },
    })
  }

  /** Rotation alternates between two users: the old password stays valid until the next rotation, and tasks restart before it. */
  private rotate(id: string, secret: ISecret): void {
    const { vpc, work, database, deployment } = this.props
    if (deployment.passwordRotation === 'none') return
    const options = {
      secret,
      automaticallyAfter: Duration.days(30),
      excludeCharacters: passwordExcludes,
      // Before the first migration the login does not exist.
      rotateImmediatelyOnUpdate: false,
    }
    const rotation =
      database.server === undefined
        ? new SecretRotation(this, `${id}Rotation`, {
            ...options,
            application: SecretRotationApplication.POSTGRES_ROTATION_MULTI_USER,
            masterSecret: database.master,
            target: database,
            vpc,
            vpcSubnets: work,
          })
        : database.server.addRotationMultiUser(id, options)
    // The CDK keeps the function's name to itself.
    const { parameters } = rotation.node.findChild('Resource') as CfnApplication
    this.rotationFunctions.push((parameters as { functionName: string }).functionName)
  }
}
