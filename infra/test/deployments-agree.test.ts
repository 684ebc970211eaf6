import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { chartValues } from './chart-values.ts'
import { hasKubernetesTools, renderChart } from './kubernetes-tools.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, resourcesOf, templates } from './synthesised.ts'
import { blocksOf, locals } from './terraform-module.ts'

const options = hasKubernetesTools ? {} : { skip: 'helm comes for Linux on Intel only' }
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** What every description of a deployment says, or undefined where it has no such setting. */
type Said = Readonly<Record<'cdk' | 'terraform' | 'chart' | 'compose' | 'systemd', unknown>>

const container = z.looseObject({
  Name: z.string(),
  StopTimeout: z.number().optional(),
  ReadonlyRootFilesystem: z.boolean(),
  Environment: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
})
const template: CfnTemplate = templates['new-bucket']
const worker = z
  .array(container)
  .parse(
    resolve(
      template,
      resourcesOf(template, 'AWS::ECS::TaskDefinition').find(([id]) => id.startsWith('Worker'))?.[1]
        .Properties.ContainerDefinitions,
    ),
  )
const ofCdk = worker.find(({ Name }) => Name === 'Aftercall')
const cdkConfig: unknown = JSON.parse(
  worker.flatMap(({ Environment }) => Environment).find(({ Name }) => Name === 'CONFIG_TEXT')?.Value ?? '',
)

const manifests = hasKubernetesTools
  ? parseAllDocuments(renderChart(chartValues.everything)).map((document): unknown => document.toJS())
  : []
const manifest = (kind: string, name: string): unknown =>
  manifests.find((one) => {
    const found = z
      .looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
      .safeParse(one)
    return found.success && found.data.kind === kind && found.data.metadata.name.endsWith(name)
  })
const chartConfig = (): unknown =>
  parse(String(at(manifest('ConfigMap', 'prod-aftercall'), 'data', 'aftercall.yaml')))
const compose: unknown = parse(read('docker-compose.yml'), { merge: true })
const unit = read('infra/systemd/aftercall-worker@.service')
const cron = { cdk: 'cron(30 4 * * ? *)', chart: '30 4 * * *', timer: '*-*-* 04:30' }

/** A value inside others. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => Object(inner)[key], value)
}

const podOf = (part: string): unknown => at(manifest('Deployment', `-${part}`), 'spec', 'template', 'spec')
const pod = (): unknown => podOf('worker')
const taskOf = (id: RegExp) =>
  resourcesOf(template, 'AWS::ECS::TaskDefinition').find(([name]) => id.test(name))?.[1].Properties
const mebibytes = (text: unknown): number =>
  Number.parseInt(String(text), 10) * (String(text).includes('G') ? 1_024 : 1)

/** What a command line says after `--every`. */
function everyOf(args: unknown): unknown {
  const list = z.array(z.unknown()).parse(args)
  return list[list.indexOf('--every') + 1]
}

const memories: [part: string, id: RegExp][] = [
  ['console', /^Console/],
  ['publish', /^Publish/],
]
const none = undefined

const settings: [what: string, said: () => Said][] = [
  [
    'seconds to stop in',
    () => ({
      cdk: ofCdk?.StopTimeout,
      terraform: at(locals.aftercall_container, 'stopTimeout'),
      chart: at(pod(), 'terminationGracePeriodSeconds'),
      compose: Number.parseInt(String(at(compose, 'services', 'worker', 'stop_grace_period')), 10),
      systemd: Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]),
    }),
  ],
  [
    'whether the root file system is read-only',
    () => ({
      cdk: ofCdk?.ReadonlyRootFilesystem,
      terraform: at(locals.aftercall_container, 'readonlyRootFilesystem'),
      chart: at(pod(), 'containers', 0, 'securityContext', 'readOnlyRootFilesystem'),
      compose: at(compose, 'services', 'worker', 'read_only'),
      systemd: /^ProtectSystem=strict$/m.test(unit),
    }),
  ],
  [
    'memory in MiB',
    () => ({
      cdk: Number(
        resourcesOf(template, 'AWS::ECS::TaskDefinition').find(([id]) => id.startsWith('Worker'))?.[1]
          .Properties.Memory,
      ),
      terraform: at(locals.parts, 'worker', 'memory'),
      chart: 1_024 * Number.parseInt(String(at(pod(), 'containers', 0, 'resources', 'limits', 'memory')), 10),
      compose: none,
      systemd: 1_024 * Number(/^MemoryMax=(\d+)G$/m.exec(unit)?.[1]),
    }),
  ],
  ...memories.map(([part, id]): [string, () => Said] => [
    `memory of ${part} in MiB`,
    () => ({
      cdk: Number(taskOf(id)?.Memory),
      terraform: at(locals.parts, part, 'memory'),
      chart: mebibytes(at(podOf(part), 'containers', 0, 'resources', 'limits', 'memory')),
      compose: none,
      systemd: mebibytes(/^MemoryMax=(.+)$/m.exec(read(`infra/systemd/aftercall-${part}@.service`))?.[1]),
    }),
  ]),
  [
    'how long the publisher waits between two turns',
    () => ({
      cdk: everyOf(
        z
          .array(z.looseObject({ Name: z.string(), Command: z.unknown() }))
          .parse(resolve(template, taskOf(/^Publish/)?.ContainerDefinitions))
          .find(({ Name }) => Name === 'Aftercall')?.Command,
      ),
      terraform: /every\s+= optional\(string, "(\w+)"\)/.exec(read('infra/terraform/variables.tf'))?.[1],
      chart: at(parse(read('infra/helm/values.yaml')), 'publish', 'every'),
      compose: everyOf(at(compose, 'services', 'publish', 'command')),
      systemd: /PUBLISH_EVERY=(\w+)$/m.exec(read('infra/systemd/aftercall-publish@.service'))?.[1],
    }),
  ],
  [
    'seconds that the publisher has to stop in',
    () => ({
      cdk: ofCdk?.StopTimeout,
      terraform: at(locals.aftercall_container, 'stopTimeout'),
      chart: at(podOf('publish'), 'terminationGracePeriodSeconds'),
      compose: Number.parseInt(String(at(compose, 'services', 'publish', 'stop_grace_period')), 10),
      systemd: Number(/^TimeoutStopSec=(\d+)$/m.exec(read('infra/systemd/aftercall-publish@.service'))?.[1]),
    }),
  ],
  [
    'TLS to the database',
    () => ({
      cdk: at(cdkConfig, 'database', 'tls'),
      terraform: at(locals.own_config, 'database', 'tls'),
      chart: at(chartConfig(), 'database', 'tls'),
      // In a private network, without a certificate.
      compose: none,
      systemd: none,
    }),
  ],
  [
    'when maintenance runs',
    () => ({
      cdk: resourcesOf(template, 'AWS::Scheduler::Schedule').some(
        ([, { Properties }]) => Properties.ScheduleExpression === cron.cdk,
      ),
      terraform:
        at(blocksOf('resource', 'aws_scheduler_schedule').maintain, 'schedule_expression') === cron.cdk,
      chart: at(manifest('CronJob', '-maintain'), 'spec', 'schedule') === cron.chart,
      compose: none,
      systemd: read('infra/systemd/aftercall-maintain@.timer').includes(`OnCalendar=${cron.timer}\n`),
    }),
  ],
  [
    'files that wait per worker before another is added',
    () => ({
      cdk: thresholdOf('FILL(backfill', 'GreaterThanOrEqualToThreshold'),
      terraform: at(locals.scaling, 'more', 'threshold'),
      chart: Number(
        at(manifest('ScaledObject', '-worker'), 'spec', 'triggers', 1, 'metadata', 'queueLength'),
      ),
      compose: none,
      systemd: none,
    }),
  ],
  [
    'the age in seconds of a message before a worker is added',
    () => ({
      cdk: thresholdOf('ApproximateAgeOfOldestMessage', 'GreaterThanOrEqualToThreshold'),
      terraform: at(locals.scaling_by_age, 'older', 'threshold'),
      chart: Number(
        at(manifest('ScaledObject', '-worker'), 'spec', 'triggers', 2, 'metadata', 'targetMetricValue'),
      ),
      compose: none,
      systemd: none,
    }),
  ],
]

for (const [what, said] of settings) {
  test(`all deployments say the same about ${what}`, options, () => {
    const values = Object.entries(said()).filter(([, value]) => value !== none)
    assert.ok(values.length >= 3, JSON.stringify(values))
    for (const [name, value] of values)
      assert.deepEqual(value, values[0]?.[1], `${name} differs from ${values[0]?.[0]}`)
    assert.notEqual(values[0]?.[1], false)
    assert.ok(!Number.isNaN(values[0]?.[1]))
  })
}

test('every deployment can run worker, console and publisher', options, () => {
  const ofChart = manifests
    .map((one) => String(at(one, 'metadata', 'labels', 'app.kubernetes.io/component')))
    .filter((name) => name !== 'undefined')
  for (const part of ['worker', 'console', 'publish']) {
    assert.ok(taskOf(new RegExp(`^${part}`, 'i')), `CDK: ${part}`)
    assert.ok(at(locals.parts, part), `Terraform: ${part}`)
    assert.ok(ofChart.includes(part), `chart: ${part}`)
    assert.ok(at(compose, 'services', part), `Compose: ${part}`)
    assert.match(
      read(`infra/systemd/aftercall-${part}@.service`),
      new RegExp(`aftercall\\.js ${part} --config`),
    )
  }
})

test('all who make logins give console and publisher the roles that docs/access.md gives them', () => {
  const rolesIn = (text: string, login: RegExp): string[] =>
    [...text.matchAll(/create role (\w+) login password '[^']*' in role ([\w, ]+);/g)]
      .filter(([, name = '']) => login.test(name))
      .map(([, , roles = '']) => roles)
  const access = read('docs/access.md')
  const ofConsole = ['aftercall_operator, aftercall_actor']
  const ofPublisher = ['aftercall_analyst, aftercall_publisher']
  for (const text of [access, read('compose/postgres/make-logins.sql')]) {
    assert.deepEqual(rolesIn(text, /^aftercall_console$/), ofConsole)
    assert.deepEqual(rolesIn(text, /lake$/), ofPublisher)
  }
  const made = read('packages/warehouse/src/schema/make-login.ts').replaceAll("'", '')
  assert.ok(made.includes(`[${ofConsole[0]}]`))
  assert.ok(made.includes(`[${ofPublisher[0]}]`))
})

test('the user of the image is the one of the chart', options, () => {
  const user = /^USER (\d+):(\d+)$/m.exec(read('Dockerfile'))
  assert.deepEqual(
    [at(pod(), 'securityContext', 'runAsUser'), at(pod(), 'securityContext', 'runAsGroup')],
    [Number(user?.[1]), Number(user?.[2])],
  )
})

function thresholdOf(text: string, comparison: string): unknown {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').find(
    ([, { Properties }]) =>
      Properties.AlarmName === undefined &&
      Properties.ComparisonOperator === comparison &&
      JSON.stringify(Properties).includes(text),
  )?.[1].Properties.Threshold
}
