import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib'
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as rds from 'aws-cdk-lib/aws-rds'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { acknowledgeDatabase } from './acknowledge-findings.ts'
import { databaseMetric } from './database-metric.ts'
import type { AuroraDatabase, Deployment, ExistingDatabase, RdsDatabase } from './deployment.ts'

/** The database that `aftercall migrate` creates the tables in, on a new server. */
export const databaseName = 'aftercall'

/** Not used in passwords, so that a URL can contain them unescaped. */
export const passwordExcludes = ' %+~`#$&*()|[]{}:;<>?!\'/@"\\^=,'

export type WarehouseDatabaseProps = { vpc: ec2.IVpc; subnets: ec2.SubnetSelection } & Pick<
  Deployment,
  'database' | 'passwordRotation'
>

/** Postgres: a new server, or one that is there already. */
export class WarehouseDatabase extends Construct {
  /** Undefined for a server that is there already. */
  readonly server: rds.DatabaseCluster | rds.DatabaseInstance | undefined
  /** Of the server, to let clients in. */
  readonly connections: ec2.Connections
  readonly host: string
  /** `host:port/database`. */
  readonly place: string
  readonly databaseName: string
  readonly port: string
  readonly key: kms.Key
  /** The secret of the master user, which only migrations use. */
  readonly master: ISecret
  /** Members of this group can reach the server. Only the console can, too, through its own group. */
  readonly clients: ec2.SecurityGroup
  /** A metric of Amazon RDS, or undefined if CloudWatch's name of the server is not known. */
  readonly metric: (name: string, options: cloudwatch.MetricOptions) => cloudwatch.Metric | undefined

  constructor(scope: Construct, id: string, props: WarehouseDatabaseProps) {
    super(scope, id)
    const { vpc, database } = props
    this.key = new kms.Key(this, 'Key', {
      description: 'Warehouse, its backups and its passwords',
      enableKeyRotation: true,
    })
    this.clients = new ec2.SecurityGroup(this, 'Clients', { vpc, description: 'Clients of the warehouse' })
    if (database.kind === 'existing') {
      const { port = 5432, securityGroupId } = database
      this.connections = new ec2.Connections({
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(this, 'Server', securityGroupId)],
        defaultPort: ec2.Port.tcp(port),
      })
      this.host = database.host
      this.port = String(port)
      this.databaseName = database.databaseName ?? databaseName
      this.master = findMaster(this, database)
      this.metric = (name, options) => databaseMetric(database.metrics, name, options)
    } else {
      const server = this.makeServer(props, database)
      const isCluster = server instanceof rds.DatabaseCluster
      const endpoint = isCluster ? server.clusterEndpoint : server.instanceEndpoint
      const names = isCluster
        ? { cluster: server.clusterIdentifier }
        : { instance: server.instanceIdentifier }
      this.server = server
      this.connections = server.connections
      this.host = endpoint.hostname
      this.port = Token.asString(endpoint.port)
      this.databaseName = databaseName
      if (server.secret === undefined) throw new Error('the server has no secret for its master user')
      this.master = server.secret
      this.metric = (name, options) => databaseMetric(names, name, options)
    }
    this.place = `${this.host}:${this.port}/${this.databaseName}`
    this.connections.allowDefaultPortFrom(this.clients)
  }

  private makeServer(
    { vpc, subnets, passwordRotation }: WarehouseDatabaseProps,
    database: AuroraDatabase | RdsDatabase,
  ): rds.DatabaseCluster | rds.DatabaseInstance {
    const shared = sharedProps(vpc, subnets, this.key)
    const server =
      database.kind === 'aurora' ? makeCluster(this, database, shared) : makeInstance(this, database, shared)
    acknowledgeDatabase(server)
    if (passwordRotation !== 'none') {
      server.addRotationSingleUser({
        automaticallyAfter: Duration.days(30),
        excludeCharacters: passwordExcludes,
        // A deployment may be using it.
        rotateImmediatelyOnUpdate: false,
      })
    }
    return server
  }
}

function findMaster(scope: Construct, { masterSecretArn, masterSecretKeyArn }: ExistingDatabase): ISecret {
  return Secret.fromSecretAttributes(scope, 'Master', {
    secretCompleteArn: masterSecretArn,
    ...(masterSecretKeyArn === undefined
      ? {}
      : { encryptionKey: kms.Key.fromKeyArn(scope, 'MasterKey', masterSecretKeyArn) }),
  })
}

type Shared = ReturnType<typeof sharedProps>

function sharedProps(vpc: ec2.IVpc, vpcSubnets: ec2.SubnetSelection, key: kms.Key) {
  return {
    vpc,
    key,
    vpcSubnets,
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
    // Seven days of it cost nothing.
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: key,
    performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
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
