import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgeEndpoint } from './acknowledge-findings.ts'
import type { Deployment, ExistingNetwork, NewNetwork, PrivateEndpoint } from './deployment.ts'

/** Public subnets for NAT gateways and load balancers, work for tasks and functions, isolated ones for a new database. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc
  /** Where tasks and functions run. */
  readonly work: ec2.SubnetSelection
  readonly database: ec2.SubnetSelection

  constructor(scope: Construct, id: string, deployment: Pick<Deployment, 'network' | 'privateEndpoints'>) {
    super(scope, id)
    const { network = { kind: 'new' }, privateEndpoints = [] } = deployment
    if (network.kind === 'new') {
      this.vpc = this.makeVpc(network)
      // By name: without a NAT gateway both groups are isolated.
      this.work = { subnetGroupName: 'work' }
      this.database = { subnetGroupName: 'database' }
    } else {
      this.vpc = this.findVpc(network)
      this.work = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }
      const { PRIVATE_ISOLATED } = ec2.SubnetType
      this.database = network.databaseSubnetIds === undefined ? this.work : { subnetType: PRIVATE_ISOLATED }
    }
    for (const name of privateEndpoints) this.addEndpoints(name)
  }

  private makeVpc({ cidr, natGateways = 'one' }: NewNetwork): ec2.Vpc {
    const work = natGateways === 'none' ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS
    return new ec2.Vpc(this, 'Vpc', {
      ...(cidr === undefined ? {} : { ipAddresses: ec2.IpAddresses.cidr(cidr) }),
      maxAzs: zones,
      natGateways: { none: 0, one: 1, perZone: zones }[natGateways],
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'work', subnetType: work, cidrMask: 22 },
        { name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // Objects are fetched through this endpoint; otherwise the NAT gateway would charge for every byte.
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      flowLogs: {
        rejected: {
          trafficType: ec2.FlowLogTrafficType.REJECT,
          destination: ec2.FlowLogDestination.toCloudWatchLogs(
            new logs.LogGroup(this, 'FlowLog', { retention: logs.RetentionDays.ONE_MONTH }),
          ),
        },
      },
    })
  }

  /** By its attributes, not by a lookup, so that a synth needs no AWS access. */
  private findVpc(network: ExistingNetwork): ec2.IVpc {
    return ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: network.vpcId,
      vpcCidrBlock: network.cidr,
      availabilityZones: [...network.zones],
      privateSubnetIds: [...network.workSubnetIds],
      ...(network.databaseSubnetIds === undefined
        ? {}
        : { isolatedSubnetIds: [...network.databaseSubnetIds] }),
      ...(network.publicSubnetIds === undefined ? {} : { publicSubnetIds: [...network.publicSubnetIds] }),
    })
  }

  private addEndpoints(name: PrivateEndpoint): void {
    for (const [id, service] of servicesOf[name]) {
      const endpoint = this.vpc.addInterfaceEndpoint(id, { service, subnets: this.work })
      acknowledgeEndpoint(endpoint)
    }
  }
}

/** Availability zones of a new VPC. */
const zones = 2

const { SQS, SECRETS_MANAGER, CLOUDWATCH_LOGS, KMS, ECR, ECR_DOCKER } = ec2.InterfaceVpcEndpointAwsService

const servicesOf: Record<PrivateEndpoint, [string, ec2.InterfaceVpcEndpointAwsService][]> = {
  sqs: [['Sqs', SQS]],
  secretsmanager: [['SecretsManager', SECRETS_MANAGER]],
  logs: [['Logs', CLOUDWATCH_LOGS]],
  kms: [['Kms', KMS]],
  ecr: [
    ['EcrApi', ECR],
    ['EcrDocker', ECR_DOCKER],
  ],
}
