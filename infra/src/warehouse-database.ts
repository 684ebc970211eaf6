import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { acknowledgeDatabase } from './acknowledge-findings.ts'
import type { AuroraDatabase, RdsDatabase } from './deployment.ts'

/** The database that `aftercall migrate` creates the tables in. */
export const databaseName = 'aftercall'

/** Not used in passwords, so that a URL can contain them unescaped. */
export const passwordExcludes = ' %+~`#$&*()|[]{}:;<>?!\'/@"\\^=,'

export type WarehouseDatabaseProps = { vpc: ec2.IVpc; database: AuroraDatabase | RdsDatabase }

/** Postgres without public access: encrypted, TLS only, backed up, monitored, and protected from deletion. */
export class WarehouseDatabase extends Construct {
  readonly server: rds.DatabaseCluster | rds.DatabaseInstance
  readonly endpoint: rds.Endpoint
  readonly key: kms.Key
  /** The secret of the master user, which only migrations use. */
  readonly master: ISecret
  /** Members of this group can reach the server. Only the console can, too, through its own group. */
  readonly clients: ec2.SecurityGroup

  constructor(scope: Construct, id: string, { vpc, database }: WarehouseDatabaseProps) {
    super(scope, id)
    this.key = new kms.Key(this, 'Key', {
      description: 'Warehouse, its backups and its passwords',
      enableKeyRotation: true,
    })
    const shared = sharedProps(vpc, this.key)
    const server =
      database.kind === 'aurora' ? makeCluster(this, database, shared) : makeInstance(this, database, shared)
    this.server = server
    this.endpoint = server instanceof rds.DatabaseCluster ? server.clusterEndpoint : server.instanceEndpoint
    acknowledgeDatabase(server)
    this.clients = new ec2.SecurityGroup(this, 'Clients', { vpc, description: 'Clients of the warehouse' })
    server.connections.allowDefaultPortFrom(this.clients)
    if (server.secret === undefined) throw new Error('the server has no secret for its master user')
    this.master = server.secret
    server.addRotationSingleUser({
      automaticallyAfter: Duration.days(30),
      excludeCharacters: passwordExcludes,
      // A deployment may be using it.
      rotateImmediatelyOnUpdate: false,
    })
  }
}

type Shared = ReturnType<typeof sharedProps>

function sharedProps(vpc: ec2.IVpc, key: kms.Key) {
  return {
    vpc,
    key,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    credentials: rds.Credentials.fromGeneratedSecret('aftercall_master', {
      encryptionKey: key,
      excludeCharacters: passwordExcludes,
    }),
    storageEncrypted: true,
    iamAuthentication: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.SNAPSHOT,
    preferredMaintenanceWindow: 'sun:03:00-sun:04:00',
    monitoringInterval: Duration.minutes(1),
    cloudwatchLogsExports: ['postgresql'],
    parameters: {
      'rds.force_ssl': '1',
      // Errors would quote values from rows.
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
    },
  }
}

function makeCluster(scope: Construct, { capacityMin, capacityMax }: AuroraDatabase, shared: Shared) {
  const { parameters, key, ...props } = shared
  const engine = rds.DatabaseClusterEngine.auroraPostgres({
    version: rds.AuroraPostgresEngineVersion.VER_17_9,
  })
  return new rds.DatabaseCluster(scope, 'Cluster', {
    ...props,
    engine,
    defaultDatabaseName: databaseName,
    storageEncryptionKey: key,
    parameterGroup: new rds.ParameterGroup(scope, 'Parameters', { engine, parameters }),
    backup: { retention: Duration.days(14), preferredWindow: '01:00-02:00' },
    copyTagsToSnapshot: true,
    serverlessV2MinCapacity: capacityMin,
    serverlessV2MaxCapacity: capacityMax,
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    readers: [rds.ClusterInstance.serverlessV2('Standby', { scaleWithWriter: true })],
  })
}

function makeInstance(scope: Construct, database: RdsDatabase, shared: Shared) {
  const { parameters, key, ...props } = shared
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17_9 })
  return new rds.DatabaseInstance(scope, 'Instance', {
    ...props,
    engine,
    databaseName,
    storageEncryptionKey: key,
    parameterGroup: new rds.ParameterGroup(scope, 'Parameters', { engine, parameters }),
    instanceType: new ec2.InstanceType(database.instance),
    multiAz: true,
    storageType: rds.StorageType.GP3,
    allocatedStorage: database.storageGiB,
    maxAllocatedStorage: database.storageMaxGiB,
    backupRetention: Duration.days(14),
    preferredBackupWindow: '01:00-02:00',
    autoMinorVersionUpgrade: true,
    copyTagsToSnapshot: true,
    publiclyAccessible: false,
  })
}
