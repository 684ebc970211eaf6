import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configurations } from './configurations.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, type Resource, resourcesOf, templates } from './synthesised.ts'

type Rule = { CidrIp?: string; SourceSecurityGroupId?: string; FromPort: number; ToPort: number }

for (const name of ['new-bucket', 'cross-account', 'given'] as const) {
  const template = templates[name]
  const access = configurations[name].console
  const only = (type: string, id = /^Console/): Resource => {
    const found = resourcesOf(template, type).filter(([name]) => id.test(name))
    assert.equal(found.length, 1, `${type}: ${found.map(([name]) => name).join(', ')}`)
    return (found[0] as [string, Resource])[1]
  }
  const propertiesOf = (resource: Resource) =>
    resolve(template, resource.Properties) as Record<string, unknown>

  test(`${name}: the load balancer accepts only HTTPS, and only people who are signed in`, () => {
    const listeners = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener').map(([, listener]) =>
      propertiesOf(listener),
    )
    const [https, http, ...more] = listeners.sort((left, right) => Number(right.Port) - Number(left.Port))
    assert.deepEqual([https?.Port, http?.Port, more.length], [443, 80, 0])
    assert.deepEqual(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule'), [])
    assert.match(String(https?.SslPolicy), /^ELBSecurityPolicy-TLS13-1-2-Res-/)
    assert.partialDeepStrictEqual(https, {
      DefaultActions: [
        {
          Type: 'authenticate-oidc',
          AuthenticateOidcConfig: {
            Issuer: access.oidc.issuer,
            ClientSecret: `{{resolve:secretsmanager:${access.oidc.clientSecretArn}:SecretString:clientSecret::}}`,
          },
        },
        { Type: 'forward' },
      ],
    })
    // The default for a visitor who is not signed in is to authenticate, not to let them through.
    assert.doesNotMatch(JSON.stringify(https), /OnUnauthenticatedRequest/)
    assert.partialDeepStrictEqual(http, {
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS' } }],
    })
  })

  test(`${name}: the load balancer accepts only the allowed ranges, and the console only the load balancer`, () => {
    const toConsole = ingressTo(template, /^ConsoleTasks/)
    assert.equal(toConsole.length, 1)
    assert.match(toConsole[0]?.SourceSecurityGroupId ?? '', /^ConsoleEntranceBalancer/)
    assert.deepEqual([toConsole[0]?.FromPort, toConsole[0]?.ToPort], [8080, 8080])
    const toBalancer = ingressTo(template, /^ConsoleEntranceBalancer/)
    assert.deepEqual(
      toBalancer.map(({ CidrIp, FromPort }) => `${CidrIp} ${FromPort}`).sort(),
      access.allowedCidrs.flatMap((cidr) => [`${cidr} 443`, `${cidr} 80`]).sort(),
    )
    const groups = propertiesOf(only('AWS::ECS::Service')).NetworkConfiguration as {
      AwsvpcConfiguration: { SecurityGroups: string[] }
    }
    assert.match(String(groups.AwsvpcConfiguration.SecurityGroups), /^ConsoleTasks\w+\.GroupId$/)
  })

  test(`${name}: the load balancer logs access, drops invalid headers and is protected from deletion`, () => {
    const { Scheme, LoadBalancerAttributes } = propertiesOf(only('AWS::ElasticLoadBalancingV2::LoadBalancer'))
    const attributes = new Map(
      (LoadBalancerAttributes as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    )
    assert.equal(Scheme, access.reach === 'internet' ? 'internet-facing' : 'internal')
    assert.equal(attributes.get('deletion_protection.enabled'), 'true')
    assert.equal(attributes.get('routing.http.drop_invalid_header_fields.enabled'), 'true')
    assert.equal(attributes.get('access_logs.s3.enabled'), 'true')
    const policy = JSON.stringify(propertiesOf(only('AWS::S3::BucketPolicy')))
    assert.ok(policy.includes(`"Bucket":"${attributes.get('access_logs.s3.bucket')}"`))
    assert.match(policy, /logdelivery\.elasticloadbalancing\.amazonaws\.com/)
  })

  test(`${name}: the console has no AWS rights, and does not use the login of the workers`, () => {
    const task = only('AWS::ECS::TaskDefinition')
    const role = String(resolve(template, task.Properties.TaskRoleArn)).split(':').at(-1) ?? ''
    const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([, policy]) =>
      (resolve(template, policy.Properties.Roles) as string[]).includes(role),
    )
    assert.deepEqual(policies, [])
    const { ManagedPolicyArns, Policies } = template.Resources[role]?.Properties ?? {}
    assert.deepEqual([ManagedPolicyArns, Policies], [undefined, undefined])
    const containers = propertiesOf(task).ContainerDefinitions as { Secrets?: { ValueFrom: string }[] }[]
    const secrets = containers.flatMap(({ Secrets = [] }) => Secrets.map(({ ValueFrom }) => ValueFrom))
    assert.equal(secrets.length, 2)
    for (const secret of secrets) assert.match(secret, /^LoginConsoleSecret/)
  })

  test(`${name}: the load balancer uses the port that the console listens on, and a name that it accepts`, () => {
    const page = consoleOf(propertiesOf(only('AWS::ECS::TaskDefinition')))
    const { Port, HealthCheckPath } = propertiesOf(only('AWS::ElasticLoadBalancingV2::TargetGroup'))
    const { identity: _identity, actors: _actors, ...listening } = page
    assert.deepEqual(listening, {
      ...{ quietMinutes: 360, host: '0.0.0.0' },
      ...{ port: Port, hosts: [access.domainName] },
    })
    assert.equal(HealthCheckPath, '/readyz')
  })

  test(`${name}: the console believes only its own load balancer who a person is, and only the listed ones may act`, () => {
    const [balancer = ''] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').map(
      ([id]) => id,
    )
    const containers = only('AWS::ECS::TaskDefinition').Properties.ContainerDefinitions
    // As CloudFormation gets it: the configuration is a text around a reference to the load balancer.
    const text = JSON.stringify(containers)
    assert.ok(text.includes(`{"Ref":"${balancer}"}`))
    const { identity, actors } = consoleOf(propertiesOf(only('AWS::ECS::TaskDefinition')))
    assert.deepEqual(Object.keys(identity), ['alb'])
    assert.ok(String(identity.alb).includes(balancer), identity.alb)
    assert.deepEqual(actors, 'actors' in access ? access.actors : undefined)
    const [https] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener')
      .map(([, listener]) => propertiesOf(listener))
      .filter(({ Port }) => Port === 443)
    // Without the address in the token, the actors would have to be listed by subject.
    assert.match(JSON.stringify(https), /"Scope":"openid email"/)
  })
}

/** The key `console` of the configuration that a task writes. */
function consoleOf({ ContainerDefinitions }: Record<string, unknown>) {
  const config = (ContainerDefinitions as { Environment?: { Name: string; Value: string }[] }[])
    .flatMap(({ Environment = [] }) => Environment)
    .find(({ Name }) => Name === 'CONFIG_TEXT')
  return JSON.parse(config?.Value ?? '{}').console
}

/** The rules of a security group, inline or as separate resources. */
function ingressTo(template: CfnTemplate, group: RegExp): Rule[] {
  const within = resourcesOf(template, 'AWS::EC2::SecurityGroup')
    .filter(([id]) => group.test(id))
    .flatMap(([, { Properties }]) => (resolve(template, Properties.SecurityGroupIngress) ?? []) as Rule[])
  const beside = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress')
    .map(([, { Properties }]) => resolve(template, Properties) as Rule & { GroupId: string })
    .filter(({ GroupId }) => group.test(GroupId))
  return [...within, ...beside]
}
