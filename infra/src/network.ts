import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledgeEndpoint } from './acknowledge-findings.ts'
import type { PrivateEndpoint } from './deployment.ts'

/** Subnets: public for the NAT gateway and load balancers, private for tasks and functions, isolated for the database. */
export class Network extends Construct {
  readonly vpc: ec2.Vpc

  constructor(scope: Construct, id: string, privateEndpoints: readonly PrivateEndpoint[]) {
    super(scope, id)
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'work', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
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
    for (const name of privateEndpoints) this.addEndpoints(name)
  }

  private addEndpoints(name: PrivateEndpoint): void {
    for (const [id, service] of servicesOf[name]) {
      const endpoint = this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      })
      acknowledgeEndpoint(endpoint)
    }
  }
}

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
