import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readConfig } from '@aftercall/runtime/config/config'
import { z } from 'zod'
import { objectsPerMessage } from '../../packages/ingest/src/bulk/announce-objects.ts'
import { judgeQueue } from '../../services/cli/src/doctor/judge-queue.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, resourcesOf, templates } from './synthesised.ts'
import { blocksOf, files, locals, moduleFolder, parseHcl, textsIn } from './terraform-module.ts'

const read = (name: string): string => readFileSync(`${moduleFolder}/${name}`, 'utf8')

test('a file that Terraform could not parse is refused with its line', async () => {
  await assert.rejects(parseHcl('wrong.tf', 'resource "aws_sqs_queue" "x" {\n  name = \n}\n'), /wrong\.tf:2/)
})

test('the example and the tests for Terraform itself parse', async () => {
  for (const name of ['examples/given/main.tf', 'tests/plan.tftest.hcl']) await parseHcl(name, read(name))
})

const declared = {
  var: files.flatMap(({ variable }) => Object.keys(variable)),
  local: Object.keys(locals),
  data: files.flatMap(({ data }) =>
    Object.entries(data).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`)),
  ),
  resource: files.flatMap(({ resource }) =>
    Object.entries(resource).flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${type}.${name}`),
    ),
  ),
}

/** Names that expressions use, without the texts that only look like one. */
function namesUsed(pattern: RegExp): Set<string> {
  const texts = textsIn(files).filter((text) => text.includes('${') || /^[\w.]+\[?/.test(text))
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))
}

test('every name that an expression uses is declared, and every variable and local is used', () => {
  const used = {
    var: namesUsed(/\bvar\.(\w+)/g),
    local: namesUsed(/\blocal\.(\w+)/g),
    data: namesUsed(/\bdata\.(aws_\w+\.\w+)/g),
    resource: namesUsed(/(?<!data\.)\b(aws_\w+\.\w+)/g),
  }
  for (const kind of ['var', 'local', 'data', 'resource'] as const) {
    assert.ok(used[kind].size > 3, kind)
    assert.deepEqual(
      [...used[kind]].filter((name) => !declared[kind].includes(name)),
      [],
      kind,
    )
  }
  for (const kind of ['var', 'local'] as const) {
    assert.deepEqual(
      declared[kind].filter((name) => !used[kind].has(name)),
      [],
      kind,
    )
  }
})

test('every variable and output says what it is, and the README names every variable', () => {
  const readme = read('README.md')
  for (const { variable, output } of files) {
    for (const [name, [body]] of [...Object.entries(variable), ...Object.entries(output)])
      assert.ok(String(body?.description ?? '').length > 10, name)
    for (const name of Object.keys(variable)) assert.ok(readme.includes(`\`${name}\``), name)
  }
})

const queueSchema = z.object({
  message_retention_seconds: z.number(),
  max_message_size: z.number(),
  visibility_timeout_seconds: z.number().default(30),
  receive_wait_time_seconds: z.number().optional(),
  sqs_managed_sse_enabled: z.literal(true),
})
const { this: queueBlock, dead_letters: deadLetterBlock } = blocksOf('resource', 'aws_sqs_queue')

test('doctor finds no problems in the settings of the queues', () => {
  const settingsOf = (body: unknown, receivesMax: number | null) => {
    const queue = queueSchema.parse(body)
    return {
      visibilitySeconds: queue.visibility_timeout_seconds,
      retentionSeconds: queue.message_retention_seconds,
      messageBytesMax: queue.max_message_size,
      redrive: receivesMax === null ? null : { deadLetterArn: 'arn', receivesMax },
      arn: 'arn',
      policy: undefined,
      encryptionKey: undefined,
    }
  }
  const findings = judgeQueue({
    name: 'live',
    queue: { visibilitySeconds: 60 },
    settings: settingsOf(queueBlock, z.number().parse(locals.receives_max)),
    deadLetters: settingsOf(deadLetterBlock, null),
  })
  assert.ok(findings.length >= 4)
  assert.deepEqual(
    findings.filter(({ level }) => level !== 'ok'),
    [],
  )
})

test('the queues are those of the CDK', () => {
  const ofCdk = (id: RegExp) => {
    const [found] = resourcesOf(templates['new-bucket'], 'AWS::SQS::Queue').filter(([name]) => id.test(name))
    return found?.[1].Properties ?? {}
  }
  const queue = queueSchema.parse(queueBlock)
  const { RedrivePolicy, ...live } = ofCdk(/^LiveQueue/)
  assert.deepEqual(
    [
      live.VisibilityTimeout,
      live.MessageRetentionPeriod,
      live.MaximumMessageSize,
      live.ReceiveMessageWaitTimeSeconds,
    ],
    [
      queue.visibility_timeout_seconds,
      queue.message_retention_seconds,
      queue.max_message_size,
      queue.receive_wait_time_seconds,
    ],
  )
  assert.partialDeepStrictEqual(RedrivePolicy, { maxReceiveCount: locals.receives_max })
  const dead = queueSchema.parse(deadLetterBlock)
  assert.equal(ofCdk(/^LiveDeadLetters/).MessageRetentionPeriod, dead.message_retention_seconds)
})

const statementSchema = z.object({
  statement: z
    .array(
      z.object({
        actions: z.array(z.string()),
        resources: z.unknown().optional(),
        effect: z.string().default('Allow'),
      }),
    )
    .default([]),
  dynamic: z
    .object({
      statement: z.array(z.object({ content: z.array(z.object({ actions: z.array(z.string()) })) })),
    })
    .optional(),
})

function actionsOf(...names: string[]): string[] {
  const documents = blocksOf('data', 'aws_iam_policy_document')
  const actions = names.flatMap((name) => {
    const { statement, dynamic } = statementSchema.parse(documents[name])
    const more = (dynamic?.statement ?? []).flatMap(({ content }) => content.flatMap((one) => one.actions))
    return [...statement.flatMap((one) => one.actions), ...more]
  })
  return [...new Set(actions)].sort()
}

function actionsOfCdk(id: RegExp): string[] {
  const template: CfnTemplate = templates['new-bucket']
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([name]) => id.test(name))
  const statement = z.object({ Action: z.union([z.string(), z.array(z.string())]) })
  const document = z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })
  const actions = policies.flatMap(([, { Properties }]) =>
    document.parse(resolve(template, Properties)).PolicyDocument.Statement.flatMap(({ Action }) => Action),
  )
  return [...new Set(actions)].sort()
}

test('worker and bulk task may do what those of the CDK may, but for the log of the collector', () => {
  const withoutLog = (actions: string[]) => actions.filter((action) => !action.startsWith('logs:'))
  assert.deepEqual(
    actionsOf('reading', 'worker'),
    withoutLog(actionsOfCdk(/^WorkerTaskTaskRoleDefaultPolicy/)),
  )
  assert.deepEqual(actionsOf('reading', 'bulk'), withoutLog(actionsOfCdk(/^BulkTaskTaskRoleDefaultPolicy/)))
})

test('no right of a task is for everything, except the one that does not support resources', () => {
  const documents = blocksOf('data', 'aws_iam_policy_document')
  for (const [name, body] of Object.entries(documents)) {
    // The policy of a key is for that key.
    if (name === 'alarms_key') continue
    for (const { actions, resources, effect } of statementSchema.parse(body).statement) {
      if (effect !== 'Allow') continue
      for (const action of actions) assert.doesNotMatch(action, /\*/, name)
      if (JSON.stringify(resources) === '["*"]')
        assert.deepEqual(actions, ['ecr:GetAuthorizationToken'], name)
    }
  }
})

test('queues and bucket accept only TLS; the database is private, encrypted and protected', () => {
  for (const name of ['queue', 'dead_letters', 'bucket']) {
    const text = JSON.stringify(blocksOf('data', 'aws_iam_policy_document')[name])
    assert.match(text, /aws:SecureTransport.*"effect":"Deny"/, name)
  }
  assert.partialDeepStrictEqual(blocksOf('resource', 'aws_rds_cluster').this, {
    storage_encrypted: true,
    deletion_protection: true,
    backup_retention_period: 14,
    manage_master_user_password: true,
  })
  const parameters = JSON.stringify(blocksOf('resource', 'aws_rds_cluster_parameter_group').this)
  assert.match(parameters, /"name":"rds\.force_ssl","value":"1"/)
  assert.equal(blocksOf('resource', 'aws_rds_cluster_instance').this?.publicly_accessible, false)
  const block = blocksOf('resource', 'aws_s3_bucket_public_access_block').this ?? {}
  assert.equal(Object.values(block).filter((value) => value === true).length, 4)
})

const conditionSchema = z.object({
  namespace: z.string(),
  metric: z.string(),
  statistic: z.string(),
  period: z.union([z.number(), z.string()]),
  periods: z.number(),
  comparison: z.string(),
  threshold: z.union([z.number(), z.string()]),
  missing: z.string(),
  runbook: z.string(),
})

test('each alarm has the condition of the alarm of the CDK, which a test feeds with what it is for', () => {
  const conditions = Object.entries({
    ...Object(locals.conditions),
    ...Object(locals.quiet_conditions),
    ...Object(locals.database_conditions),
  }).map(([name, condition]) => [name, conditionSchema.parse(condition)] as const)
  assert.equal(conditions.length, 9)
  const alarms = resourcesOf(templates['new-bucket'], 'AWS::CloudWatch::Alarm').map(
    ([, { Properties }]) => Properties,
  )
  for (const [name, condition] of conditions) {
    const alarm = alarms.find(({ AlarmName }) => AlarmName === `aftercall-${name}`)
    assert.ok(alarm, name)
    assert.deepEqual(
      {
        ...condition,
        // Made of variables, with these defaults.
        period: typeof condition.period === 'string' ? 360 * 60 : condition.period,
        threshold: typeof condition.threshold === 'string' ? 1 : condition.threshold,
      },
      {
        namespace: alarm.Namespace,
        metric: alarm.MetricName,
        statistic: alarm.Statistic,
        period: alarm.Period,
        periods: alarm.EvaluationPeriods,
        comparison: alarm.ComparisonOperator,
        threshold: alarm.Threshold,
        missing: alarm.TreatMissingData,
        runbook: /#([\w-]+)$/.exec(String(alarm.AlarmDescription))?.[1],
      },
      name,
    )
  }
})

test('workers scale by the same files as with the CDK', () => {
  assert.equal(
    locals.waiting,
    `(FILL(live, 0) + ${objectsPerMessage} * FILL(backfill, 0)) / IF(tasks > 0, tasks, 1)`,
  )
  const scaling = resourcesOf(templates['new-bucket'], 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => JSON.stringify(Properties).includes('FILL(backfill'))
    .map(([, { Properties }]) => [Properties.ComparisonOperator, Properties.Threshold])
  const own = z
    .record(z.string(), z.object({ comparison: z.string(), threshold: z.number() }))
    .parse(locals.scaling)
  assert.deepEqual(
    Object.values(own)
      .map(({ comparison, threshold }) => [comparison, threshold])
      .sort(),
    scaling.sort(),
  )
})

const containerSchema = z.object({
  Name: z.string(),
  ReadonlyRootFilesystem: z.boolean(),
  StopTimeout: z.number().optional(),
})

test('the tasks have the containers of the CDK: sizes, read-only root, time to stop, and the same script', () => {
  const template: CfnTemplate = templates['new-bucket']
  const tasks = resourcesOf(template, 'AWS::ECS::TaskDefinition')
  const parts = z.record(z.string(), z.object({ cpu: z.number(), memory: z.number() })).parse(locals.parts)
  for (const [name, id] of [
    ['worker', /^Worker/],
    ['bulk', /^Bulk/],
    ['console', /^Console/],
  ] as const) {
    const properties = tasks.find(([key]) => id.test(key))?.[1].Properties
    assert.deepEqual(
      [Number(properties?.Cpu), Number(properties?.Memory)],
      [parts[name]?.cpu, parts[name]?.memory],
    )
  }
  const containers = z
    .array(z.looseObject({ Command: z.array(z.string()).default([]), ...containerSchema.shape }))
    .parse(resolve(template, tasks.find(([key]) => /^Worker/.test(key))?.[1].Properties.ContainerDefinitions))
  const own = containers.find(({ Name }) => Name === 'Aftercall')
  assert.partialDeepStrictEqual(locals.aftercall_container, {
    readonlyRootFilesystem: own?.ReadonlyRootFilesystem,
    stopTimeout: own?.StopTimeout,
  })
  const [script] = containers.find(({ Name }) => Name === 'Files')?.Command ?? []
  assert.equal(String(locals.write_files).trim(), script)
})

test('the configuration of the tasks is valid, with the keys of the CDK, and without user and password', () => {
  const text = JSON.stringify({
    ...Object(locals.own_config),
    sources: [{ name: 'acme', bucket: 'acme-session-files', prefix: 'metadata/' }],
    console: { ...Object(locals.console_settings), hosts: ['aftercall.example.com'], quietMinutes: 360 },
  })
    .replaceAll(/\$\{local\.database_host\}/g, 'warehouse.example.com')
    .replaceAll(/\$\{var\.database\.port\}/g, '5432')
    .replaceAll(/\$\{var\.database\.name\}/g, 'aftercall')
    .replaceAll(/\$\{aws_sqs_queue\.this\[\\"(\w+)\\"\]\.url\}/g, 'https://sqs.eu-west-1.amazonaws.com/1/$1')
  assert.doesNotMatch(text, /\$\{/)
  const reading = readConfig(text, {})
  assert.equal(reading.kind, 'valid', JSON.stringify(reading))
  const ofCdk = resourcesOf(templates['new-bucket'], 'AWS::ECS::TaskDefinition').map(([, { Properties }]) =>
    JSON.stringify(resolve(templates['new-bucket'], Properties.ContainerDefinitions)),
  )
  const known: unknown = JSON.parse(text)
  const { database, reconcile } = z
    .object({
      database: z.object({ url: z.string(), tls: z.string(), poolMax: z.number() }),
      reconcile: z.unknown(),
    })
    .parse(known)
  assert.equal(new URL(database.url).username, '')
  for (const task of ofCdk) {
    assert.ok(task.includes(`\\"tls\\":\\"${database.tls}\\"`))
    assert.ok(task.includes(`\\"poolMax\\":${database.poolMax}`))
    assert.ok(task.includes(JSON.stringify(JSON.stringify({ reconcile }).slice(1, -1)).slice(1, -1)))
  }
})
