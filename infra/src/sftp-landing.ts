import { Stack } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as transfer from 'aws-cdk-lib/aws-transfer'
import { Construct } from 'constructs'
import type { SftpAccess, SftpUser } from './deployment.ts'
import { allow } from './grants.ts'
import { grantWriting, type LandingBucket } from './landing-bucket.ts'

export type SftpLandingProps = { vpc: ec2.IVpc; landing: LandingBucket; access: SftpAccess }

/** An SFTP server with fixed addresses, open only to some ranges, that stores files as objects of the landing bucket. */
export class SftpLanding extends Construct {
  readonly server: transfer.CfnServer

  constructor(scope: Construct, id: string, { vpc, landing, access }: SftpLandingProps) {
    super(scope, id)
    this.server = this.makeServer(vpc, access)
    for (const user of access.users) this.addUser(landing, user)
  }

  private makeServer(vpc: ec2.IVpc, { allowedCidrs }: SftpAccess): transfer.CfnServer {
    const guard = new ec2.SecurityGroup(this, 'Callers', {
      vpc,
      description: 'Who may deliver by SFTP',
      allowAllOutbound: false,
    })
    for (const cidr of allowedCidrs) guard.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(22))
    const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PUBLIC })
    const addresses = subnetIds.map((_, position) => new ec2.CfnEIP(this, `Address${position}`))
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.THREE_MONTHS })
    return new transfer.CfnServer(this, 'Server', {
      domain: 'S3',
      protocols: ['SFTP'],
      identityProviderType: 'SERVICE_MANAGED',
      securityPolicyName: 'TransferSecurityPolicy-2024-01',
      endpointType: 'VPC',
      endpointDetails: {
        vpcId: vpc.vpcId,
        subnetIds,
        addressAllocationIds: addresses.map(({ attrAllocationId }) => attrAllocationId),
        securityGroupIds: [guard.securityGroupId],
      },
      structuredLogDestinations: [log.logGroupArn],
    })
  }

  private addUser(landing: LandingBucket, { name, publicKeys, prefix, mayRename = false }: SftpUser): void {
    const role = new iam.Role(this, `${name}Role`, {
      description: `What ${name} may do by SFTP`,
      assumedBy: new iam.ServicePrincipal('transfer.amazonaws.com', {
        // Only for this account (https://docs.aws.amazon.com/transfer/latest/userguide/confused-deputy.html).
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    })
    grantWriting(role, landing, prefix)
    allow(role, ['s3:ListBucket'], [landing.bucketArn], { StringLike: { 's3:prefix': [`${prefix}*`] } })
    allow(role, ['s3:GetBucketLocation'], [landing.bucketArn])
    if (mayRename) allow(role, ['s3:GetObject', 's3:DeleteObject'], [`${landing.bucketArn}/${prefix}*`])
    new transfer.CfnUser(this, name, {
      serverId: this.server.attrServerId,
      userName: name,
      role: role.roleArn,
      sshPublicKeys: [...publicKeys],
      homeDirectoryType: 'LOGICAL',
      homeDirectoryMappings: [
        { entry: '/', target: `/${landing.bucketName}/${prefix.replace(/\/$/, '')}`, type: 'DIRECTORY' },
      ],
    })
  }
}
