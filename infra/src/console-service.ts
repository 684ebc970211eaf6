import { Duration } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { makeAftercallTask } from './aftercall-task.ts'
import { ConsoleEntrance } from './console-entrance.ts'
import type { ConsoleAccess, Deployment } from './deployment.ts'
import type { Parts } from './parts.ts'
import { quietMinutesDefault } from './queue-alarms.ts'
import { restartWeekly } from './restart-weekly.ts'

const port = 8080

/**
 * `aftercall console` behind a load balancer that signs people in, and says who they are. The task has no AWS rights, and a
 * login of its own that reads and asks for actions; only the load balancer can reach it.
 */
export class ConsoleService extends Construct {
  readonly entrance: ConsoleEntrance
  readonly targets: elb.ApplicationTargetGroup

  constructor(scope: Construct, id: string, parts: Parts, access: ConsoleAccess) {
    super(scope, id)
    this.entrance = new ConsoleEntrance(this, 'Entrance', { vpc: parts.vpc, work: parts.work, access })
    const service = this.makeService(parts, access)
    parts.login.readyBefore(service)
    restartWeekly(this, service, 'The console takes over a rotated password')
    this.targets = new elb.ApplicationTargetGroup(this, 'Targets', {
      vpc: parts.vpc,
      protocol: elb.ApplicationProtocol.HTTP,
      port,
      targets: [service],
      // Requests of the console end within seconds.
      deregistrationDelay: Duration.seconds(10),
      healthCheck: {
        path: '/readyz',
        interval: Duration.seconds(30),
        healthyThresholdCount: 2,
        // The service replaces a task that is not ready. A database failover is shorter than that.
        unhealthyThresholdCount: 10,
      },
    })
    this.entrance.leadTo(this.targets)
  }

  private makeService(parts: Parts, access: ConsoleAccess): ecs.FargateService {
    const { deployment, vpc, cluster, database, login } = parts
    const { task, container } = makeAftercallTask(this, 'Task', parts, {
      command: ['console'],
      cpu: 256,
      memoryMiB: 512,
      logGroup: new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_MONTH }),
      logPrefix: 'console',
      login: login.makeConsoleLogin(),
      settings: { console: consoleSettings(deployment, access, this.entrance.balancerArn) },
    })
    container.addPortMappings({ containerPort: port })
    // A separate group, because otherwise the load balancer could also reach the workers.
    const securityGroup = new ec2.SecurityGroup(this, 'Tasks', { vpc, description: 'The console' })
    database.connections.allowDefaultPortFrom(securityGroup)
    return new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition: task,
      desiredCount: 1,
      vpcSubnets: parts.work,
      securityGroups: [securityGroup],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: Duration.seconds(60),
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    })
  }
}

/** The console uses the same time without new files as the alarm. It does not support 0, which turns the alarm off. */
export function consoleSettings(
  { alarms, settings }: Pick<Deployment, 'alarms' | 'settings'>,
  { domainName, actors }: Pick<ConsoleAccess, 'domainName' | 'actors'>,
  balancerArn: string,
): Record<string, unknown> {
  const { quietMinutesMax = quietMinutesDefault } = alarms ?? {}
  const quiet = quietMinutesMax === 0 ? {} : { quietMinutes: quietMinutesMax }
  const own = typeof settings?.console === 'object' ? settings.console : {}
  const who = { identity: { alb: balancerArn }, ...(actors === undefined ? {} : { actors }) }
  return { ...quiet, ...own, ...who, host: '0.0.0.0', port, hosts: [domainName] }
}
