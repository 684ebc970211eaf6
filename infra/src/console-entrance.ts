import { Duration, SecretValue, Stack } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as iam from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledgeLogBucket } from './acknowledge-findings.ts'
import { makeLogBucket } from './closed-bucket.ts'
import type { ConsoleAccess } from './deployment.ts'

export type ConsoleEntranceProps = {
  vpc: ec2.IVpc
  work: ec2.SubnetSelection
  access: ConsoleAccess
}

/** The load balancer of the console: HTTPS only, and only for people who are signed in. */
export class ConsoleEntrance extends Construct {
  /** The address that the domain name must point to. */
  readonly address: string
  /** Names the signer of the tokens that say who a person is. */
  readonly balancerArn: string
  private readonly balancer: elb.ApplicationLoadBalancer
  private readonly access: ConsoleAccess

  constructor(scope: Construct, id: string, props: ConsoleEntranceProps) {
    super(scope, id)
    const { access } = props
    const balancer = this.makeBalancer(props)
    this.access = access
    this.balancer = balancer
    this.address = balancer.loadBalancerDnsName
    this.balancerArn = balancer.loadBalancerArn
    balancer.addRedirect({ open: false })
    for (const cidr of access.allowedCidrs) {
      balancer.connections.allowFrom(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), 'Readers of the console')
      balancer.connections.allowFrom(ec2.Peer.ipv4(cidr), ec2.Port.tcp(80), 'Redirected to HTTPS')
    }
    this.keepAccessLog(balancer)
  }

  /** Signs people in, and forwards their requests to the console. */
  leadTo(targets: elb.ApplicationTargetGroup): void {
    const { certificateArn, oidc } = this.access
    this.balancer.addListener('Https', {
      port: 443,
      open: false,
      certificates: [elb.ListenerCertificate.fromArn(certificateArn)],
      sslPolicy: elb.SslPolicy.TLS13_12_RES_PQ,
      defaultAction: signIn(oidc, elb.ListenerAction.forward([targets])),
    })
  }

  private makeBalancer({ vpc, work, access }: ConsoleEntranceProps): elb.ApplicationLoadBalancer {
    const isPublic = access.reach === 'internet'
    return new elb.ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing: isPublic,
      // Even an internal load balancer calls the identity provider, through the NAT gateway.
      vpcSubnets: isPublic ? { subnetType: ec2.SubnetType.PUBLIC } : work,
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    })
  }

  /** Without the CDK's helper, which needs a fixed Region, while the template works in any. */
  private keepAccessLog(balancer: elb.ApplicationLoadBalancer): void {
    const log = makeLogBucket(this, 'AccessLog')
    acknowledgeLogBucket(log)
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    const granted = log.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [log.arnForObjects(`AWSLogs/${Stack.of(this).account}/*`)],
      }),
    )
    balancer.setAttribute('access_logs.s3.enabled', 'true')
    balancer.setAttribute('access_logs.s3.bucket', log.bucketName)
    // The load balancer writes a test file to check its access.
    if (granted.policyDependable !== undefined) balancer.node.addDependency(granted.policyDependable)
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html */
function signIn(oidc: ConsoleAccess['oidc'], next: elb.ListenerAction): elb.ListenerAction {
  const { clientSecretArn, ...provider } = oidc
  return elb.ListenerAction.authenticateOidc({
    ...provider,
    clientSecret: SecretValue.secretsManager(clientSecretArn, { jsonField: 'clientSecret' }),
    // The console names people by their e-mail address.
    scope: 'openid email',
    // One working day, because with the default of a week, people who have left could still read.
    sessionTimeout: Duration.hours(12),
    next,
  })
}
