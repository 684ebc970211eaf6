import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readConfig } from '@aftercall/runtime/config/config'
import { SecretRotationApplication } from 'aws-cdk-lib/aws-secretsmanager'
import { z } from 'zod'
import { objectsPerMessage } from '../../packages/ingest/src/bulk/announce-objects.ts'
import { judgeQueue } from '../../services/cli/src/doctor/judge-queue.ts'
import { writeCollectorConfig } from '../src/collector-config.ts'
import { collectorImageDefault } from '../src/fargate-worker.ts'
import { passwordExcludes } from '../src/warehouse-database.ts'
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

function actionsOfCdk(id: RegExp, name: 'new-bucket' | 'given' = 'new-bucket'): string[] {
  const template: CfnTemplate = templates[name]
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([name]) => id.test(name))
  const statement = z.object({ Action: z.union([z.string(), z.array(z.string())]) })
  const document = z.object({ PolicyDocument: z.object({ Statement: z.array(statement) }) })
  const actions = policies.flatMap(([, { Properties }]) =>
    document.parse(resolve(template, Properties)).PolicyDocument.Statement.flatMap(({ Action }) => Action),
  )
  return [...new Set(actions)].sort()
}

test('worker, bulk task and publisher may do what those of the CDK may', () => {
  assert.deepEqual(actionsOf('reading', 'worker'), actionsOfCdk(/^WorkerTaskTaskRoleDefaultPolicy/))
  assert.deepEqual(actionsOf('reading', 'bulk'), actionsOfCdk(/^BulkTaskTaskRoleDefaultPolicy/))
  assert.deepEqual(actionsOf('publish'), actionsOfCdk(/^PublishTaskTaskRoleDefaultPolicy/, 'given'))
})

test('the publisher has rights below the prefix of its lake only', () => {
  const resources = textsIn(blocksOf('data', 'aws_iam_policy_document').publish).filter((text) =>
    text.includes('statement.value'),
  )
  const place = ['arn:', '{local.partition}:s3:::', '{statement.value.bucket_name}'].join('$')
  const key = ['', '{statement.value}'].join('$')
  const inside = ['', '{statement.value.prefix}/*'].join('$')
  assert.deepEqual(new Set(resources), new Set([place, `${place}/${inside}`, inside, key]))
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
    ...Object(locals.console_conditions),
    ...Object(locals.rotation_conditions),
    ...Object(locals.publisher_conditions),
    ...Object(locals.metrics_conditions),
    ...Object(locals.lake_conditions),
  }).map(([name, condition]) => [name, conditionSchema.parse(condition)] as const)
  assert.equal(conditions.length, 20)
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

const shareSchema = z.record(
  z.string(),
  z.object({
    expression: z.string(),
    metrics: z.record(z.string(), z.object({ metric: z.string(), dimensions: z.unknown() })),
    periods: z.number(),
    comparison: z.string(),
    threshold: z.union([z.number(), z.string()]),
    missing: z.string(),
    runbook: z.string(),
  }),
)
const alarmOfShareSchema = z.object({
  AlarmDescription: z.string(),
  Metrics: z.array(
    z.object({
      Id: z.string(),
      Expression: z.string().optional(),
      MetricStat: z
        .object({ Metric: z.object({ MetricName: z.string() }), Period: z.number(), Stat: z.string() })
        .optional(),
    }),
  ),
  EvaluationPeriods: z.number(),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  TreatMissingData: z.string(),
})

test('the alarms of freshness and rejections calculate what those of the CDK calculate', () => {
  const shares = Object.entries(shareSchema.parse(locals.share_conditions))
  assert.equal(shares.length, 2)
  const [query] = z
    .array(z.object({ content: z.array(z.object({ metric: z.array(z.looseObject({})) })) }))
    .parse(at(blocksOf('resource', 'aws_cloudwatch_metric_alarm').share, 'dynamic', 'metric_query'))
  assert.partialDeepStrictEqual(query?.content[0]?.metric[0], { period: 900, stat: 'Sum' })
  for (const [name, { expression, metrics, threshold, runbook, ...rest }] of shares) {
    const found = resourcesOf(templates['new-bucket'], 'AWS::CloudWatch::Alarm').find(
      ([, { Properties }]) => Properties.AlarmName === `aftercall-${name}`,
    )
    const alarm = alarmOfShareSchema.parse(found?.[1].Properties)
    const own = Object.entries(metrics).map(([id, { metric }]) => [id, metric, 900, 'Sum'])
    const stats = alarm.Metrics.flatMap(({ Id, MetricStat: stat }) =>
      stat === undefined ? [] : [[Id, stat.Metric.MetricName, stat.Period, stat.Stat]],
    )
    assert.deepEqual(own.sort(), stats.sort(), name)
    assert.deepEqual(
      {
        expression,
        // A variable has this default.
        threshold: typeof threshold === 'string' ? 5 : threshold,
        ...{ runbook, ...rest },
      },
      {
        expression: alarm.Metrics.find(({ Expression }) => Expression !== undefined)?.Expression,
        threshold: alarm.Threshold,
        periods: alarm.EvaluationPeriods,
        comparison: alarm.ComparisonOperator,
        missing: alarm.TreatMissingData,
        runbook: /#([\w-]+)$/.exec(alarm.AlarmDescription)?.[1],
      },
      name,
    )
  }
})

/** A value inside others. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => Object(inner)[key], value)
}

test('the collector has the configuration and the image of that of the CDK', () => {
  const expected: unknown = JSON.parse(
    writeCollectorConfig({
      ...{ deployment: 'aftercall', freshnessSeconds: 3600, metricsPort: 9464 },
      ...{ region: 'eu-west-1', logGroupName: '/aftercall/metrics' },
    }),
  )
  const text = JSON.stringify({ ...Object(locals.collector_config), scrape: locals.scrape })
    .replaceAll(/\$\{var\.alarms\.freshness_seconds\}/g, '3600')
    .replaceAll(/\$\{var\.name\}/g, 'aftercall')
    .replaceAll(/\$\{local\.region\}/g, 'eu-west-1')
    .replaceAll(/\$\{one\(aws_cloudwatch_log_group\.metrics\[\*\]\.name\)\}/g, '/aftercall/metrics')
  const { scrape, ...config } = JSON.parse(text)
  assert.deepEqual(config.receivers.prometheus.config, { scrape_configs: [['', '{local.scrape}'].join('$')] })
  config.receivers.prometheus.config = { scrape_configs: [scrape] }
  assert.deepEqual(config, expected)
  assert.equal(defaultOf('collector_image'), collectorImageDefault)
})

/** The default of a variable. */
function defaultOf(name: string): unknown {
  return files.flatMap(({ variable }) => variable[name] ?? []).find((body) => body !== undefined)?.default
}

test('passwords are rotated by the function of the CDK, as often, and with the same characters', () => {
  const application = blocksOf(
    'resource',
    'aws_serverlessapplicationrepository_cloudformation_stack',
  ).rotation
  const { POSTGRES_ROTATION_MULTI_USER: ofCdk } = SecretRotationApplication
  assert.equal(application?.application_id, ofCdk.applicationArnForPartition('aws'))
  assert.equal(application?.semantic_version, ofCdk.semanticVersionForPartition('aws'))
  assert.equal(locals.password_excludes, passwordExcludes)
  const rotation = blocksOf('resource', 'aws_secretsmanager_secret_rotation').this
  assert.equal(rotation?.rotate_immediately, false)
  const [schedule] = resourcesOf(templates.given, 'AWS::SecretsManager::RotationSchedule')
  assert.deepEqual(schedule?.[1].Properties.RotationRules, {
    ScheduleExpression: `rate(${String(at(rotation, 'rotation_rules', 0, 'automatically_after_days'))} days)`,
  })
  const restart = blocksOf('resource', 'aws_scheduler_schedule').restart
  const weekly = resourcesOf(templates.given, 'AWS::Scheduler::Schedule').filter(([id]) =>
    id.includes('WeeklyRestart'),
  )
  assert.equal(weekly.length, 3)
  for (const [id, { Properties }] of weekly)
    assert.equal(Properties.ScheduleExpression, restart?.schedule_expression, id)
})

test('the console names people by their address, and believes its own load balancer', () => {
  assert.equal(at(locals.console_settings, 'identity', 'alb'), ['', '{one(aws_lb.console[*].arn)}'].join('$'))
  const listener = textsIn(blocksOf('resource', 'aws_lb_listener').console)
  assert.ok(listener.includes('openid email'), listener.join())
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
    ['publish', /^Publish/],
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

const balancerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/aftercall-console/0123456789abcdef'

test('the configuration of the tasks is valid, with the keys of the CDK, and without user and password', () => {
  const text = JSON.stringify({
    ...Object(locals.own_config),
    sources: [{ name: 'acme', bucket: 'acme-session-files', prefix: 'metadata/' }],
    console: {
      ...Object(locals.console_settings),
      ...{ hosts: ['aftercall.example.com'], actors: ['ana@example.com'], quietMinutes: 360 },
    },
  })
    .replaceAll(/\$\{one\(aws_lb\.console\[\*\]\.arn\)\}/g, balancerArn)
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
