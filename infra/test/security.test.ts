import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deployment } from '../src/deployment.ts'
import { type ConfigurationName, configurations } from './configurations.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, everyTemplate, type Resource, resourcesOf, templates } from './synthesised.ts'

type Statement = {
  Effect: string
  Action: string | string[]
  Resource?: string | string[]
  Principal?: unknown
  Condition?: Record<string, Record<string, unknown>>
}

const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat())

function statementsOf(template: CfnTemplate, { Properties }: Resource): Statement[] {
  const documents = [
    Properties.PolicyDocument,
    ...((Properties.Policies as { PolicyDocument: unknown }[] | undefined) ?? []).map(
      ({ PolicyDocument }) => PolicyDocument,
    ),
  ].filter((document) => document !== undefined)
  return documents.flatMap(
    (document) => (resolve(template, document) as { Statement: Statement[] }).Statement,
  )
}

for (const [name, template] of everyTemplate) {
  const each = (type: string) => resourcesOf(template, type)
  const { database, passwordRotation }: Partial<Deployment> = configurations[name as ConfigurationName]
  const hasNoServer = database.kind === 'existing'

  test(`${name}: no bucket is public, and each is encrypted and accepts only TLS`, () => {
    for (const [id, { Properties }] of each('AWS::S3::Bucket')) {
      assert.deepEqual(Object.values(Properties.PublicAccessBlockConfiguration as object), [
        ...Array(4).fill(true),
      ])
      assert.ok(Properties.BucketEncryption, id)
      const policy = each('AWS::S3::BucketPolicy').find(
        ([, policy]) => resolve(template, policy.Properties.Bucket) === id,
      )
      assert.ok(policy && deniesPlain(statementsOf(template, policy[1])), `${id} may be reached without TLS`)
    }
  })

  test(`${name}: each queue is encrypted, accepts only TLS, and allows no other accounts`, () => {
    const policies = each('AWS::SQS::QueuePolicy')
    assert.equal(policies.length, each('AWS::SQS::Queue').length)
    for (const [, { Properties }] of each('AWS::SQS::Queue'))
      assert.equal(Properties.SqsManagedSseEnabled, true)
    for (const [id, policy] of policies) {
      const statements = statementsOf(template, policy)
      assert.ok(deniesPlain(statements), `${id} allows plain HTTP`)
      for (const { Effect, Condition } of statements) {
        if (Effect === 'Allow') assert.ok(JSON.stringify(Condition).includes('aws:SourceArn'), id)
      }
    }
  })

  test(`${name}: the database is private, encrypted, protected from deletion, and accepts only TLS`, () => {
    const servers = [...each('AWS::RDS::DBCluster'), ...each('AWS::RDS::DBInstance')]
    for (const [id, { Type, Properties }] of servers) {
      if (Type === 'AWS::RDS::DBInstance') assert.notEqual(Properties.PubliclyAccessible, true, id)
      // The instances of a cluster inherit these settings.
      if (Properties.DBClusterIdentifier !== undefined) continue
      assert.equal(Properties.StorageEncrypted, true, id)
      assert.equal(Properties.DeletionProtection, true, id)
      assert.ok(Number(Properties.BackupRetentionPeriod) >= 14, id)
    }
    const parameters = [...each('AWS::RDS::DBClusterParameterGroup'), ...each('AWS::RDS::DBParameterGroup')]
    if (hasNoServer) return
    assert.equal(parameters.length, 1)
    assert.match(JSON.stringify(parameters), /"rds\.force_ssl":"1"/)
  })

  test(`${name}: no subnet of the database has a route to the internet`, () => {
    const subnets = each('AWS::RDS::DBSubnetGroup').flatMap(([, { Properties }]) =>
      (Properties.SubnetIds as { Ref: string }[]).map(({ Ref }) => Ref),
    )
    assert.equal(subnets.length, hasNoServer ? 0 : 2)
    const tables = each('AWS::EC2::SubnetRouteTableAssociation')
      .filter(([, { Properties }]) => subnets.includes((Properties.SubnetId as { Ref: string }).Ref))
      .map(([, { Properties }]) => (Properties.RouteTableId as { Ref: string }).Ref)
    const routes = each('AWS::EC2::Route').filter(([, { Properties }]) =>
      tables.includes((Properties.RouteTableId as { Ref: string }).Ref),
    )
    assert.deepEqual(routes, [])
  })

  test(`${name}: nothing is open to the whole internet`, () => {
    const rules = [
      ...each('AWS::EC2::SecurityGroup').map(([, { Properties }]) => Properties.SecurityGroupIngress ?? []),
      ...each('AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties),
    ]
    const open = rules.filter((rule) => /"(0\.0\.0\.0|::)\/0"/.test(JSON.stringify(rule)))
    assert.deepEqual(open, [])
  })

  test(`${name}: no right is a wildcard, except the one that does not support resources`, () => {
    const roles = [...each('AWS::IAM::Policy'), ...each('AWS::IAM::Role'), ...each('AWS::IAM::ManagedPolicy')]
    for (const [id, role] of roles) {
      for (const { Action, Resource, Effect } of statementsOf(template, role)) {
        if (Effect !== 'Allow') continue
        for (const action of listOf(Action)) assert.doesNotMatch(action, /\*/, id)
        if (listOf(Resource).includes('*'))
          assert.deepEqual(listOf(Action), ['ecr:GetAuthorizationToken'], id)
      }
    }
  })

  test(`${name}: every generated password is rotated unless that is turned off, and the template contains none`, () => {
    const rotated = each('AWS::SecretsManager::RotationSchedule').map(([, { Properties }]) =>
      String(resolve(template, Properties.SecretId)),
    )
    const attached = each('AWS::SecretsManager::SecretTargetAttachment')
    for (const [id, { Properties }] of each('AWS::SecretsManager::Secret')) {
      assert.equal(Properties.SecretString, undefined, id)
      const names = [
        id,
        ...attached
          .filter(([, schedule]) => resolve(template, schedule.Properties.SecretId) === id)
          .map(([attachment]) => attachment),
      ]
      assert.equal(
        names.some((name) => rotated.includes(name)),
        passwordRotation !== 'none',
        id,
      )
    }
  })

  test(`${name}: tasks can only write to their volumes and have no public address`, () => {
    for (const [id, { Properties }] of each('AWS::ECS::TaskDefinition')) {
      for (const container of Properties.ContainerDefinitions as Record<string, unknown>[]) {
        assert.equal(container.ReadonlyRootFilesystem, true, `${id} ${container.Name}`)
      }
    }
    assert.doesNotMatch(JSON.stringify(template), /"AssignPublicIp":"ENABLED"/)
  })

  test(`${name}: migrations are applied before anything of a new release starts`, () => {
    const [trigger] = each('Custom::Trigger').map(([id]) => id)
    assert.ok(trigger)
    const workers = [...each('AWS::ECS::Service'), ...each('AWS::Lambda::Function')].filter(([id]) =>
      /^(Worker|Console)/.test(id),
    )
    assert.equal(workers.length, 'ConsoleAddress' in template.Outputs ? 2 : 1)
    for (const [id, { DependsOn }] of workers) assert.ok(DependsOn?.includes(trigger), id)
  })
}

test('the worker may read its prefixes and consume its queues, and nothing else', () => {
  const allowed = everyTemplate.map(([, template]) => actionsOf(template, /^WorkerTaskTaskRoleDefaultPolicy/))
  const worker = [
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:ListBucket',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ]
  const withoutKey = worker.filter((action) => action !== 'kms:Decrypt')
  const withoutCollector = worker.filter((action) => !action.startsWith('logs:'))
  assert.deepEqual(allowed, [worker, worker, [], withoutKey, withoutCollector])
})

test('the migration function may read two passwords, and nothing else', () => {
  const allowed = everyTemplate.map(([, template]) =>
    actionsOf(template, /^LoginPrepareServiceRoleDefaultPolicy/),
  )
  // The policy of the key allows this role to decrypt them, only through Secrets Manager.
  const preparing = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']
  const withKey = ['kms:Decrypt', ...preparing]
  assert.deepEqual(allowed, [preparing, preparing, preparing, withKey, preparing])
})

test('an SFTP user may put files below their prefix; only users who rename may read and delete', () => {
  const template = templates['lambda-sftp-google']
  const deliver = [
    'kms:Decrypt',
    'kms:GenerateDataKey',
    's3:GetBucketLocation',
    's3:ListBucket',
    's3:PutObject',
  ]
  assert.deepEqual(actionsOf(template, /^SftpplatformRole/), deliver)
  assert.deepEqual(
    actionsOf(template, /^SftparchiveRole/),
    [...deliver, 's3:DeleteObject', 's3:GetObject'].sort(),
  )
})

function actionsOf(template: CfnTemplate, id: RegExp): string[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([name]) => id.test(name))
  const actions = policies
    .flatMap(([, policy]) => statementsOf(template, policy))
    .flatMap(({ Action }) => Action)
  return [...new Set(actions)].sort()
}

function deniesPlain(statements: Statement[]): boolean {
  return statements.some(
    ({ Effect, Condition }) =>
      Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
  )
}
