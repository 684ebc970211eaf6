import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '@aftercall/runtime/config/config'
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1'
import * as prometheus from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import * as apps from 'kubernetes-models/apps/v1'
import * as batch from 'kubernetes-models/batch/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as core from 'kubernetes-models/v1'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { objectsPerMessage } from '../../packages/ingest/src/bulk/announce-objects.ts'
import { type ChartValuesName, chartValues } from './chart-values.ts'
import { chart, hasKubernetesTools, kubernetesTool, refusalOf, renderChart } from './kubernetes-tools.ts'

const options = hasKubernetesTools ? {} : { skip: 'helm and kubectl come for Linux on Intel only' }

const envSchema = z.array(
  z.object({
    name: z.string(),
    value: z.string().optional(),
    valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
  }),
)
const podSchema = z.object({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().optional(),
  serviceAccountName: z.string().optional(),
  securityContext: z.object({ runAsNonRoot: z.boolean(), runAsUser: z.number() }),
  containers: z.tuple([
    z.object({
      image: z.string(),
      args: z.array(z.string()),
      env: envSchema,
      envFrom: z.array(z.unknown()).default([]),
      ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
      securityContext: z.unknown(),
      resources: z.object({ limits: z.object({ memory: z.string() }) }),
      livenessProbe: z.object({ httpGet: z.object({ path: z.string() }) }).optional(),
      readinessProbe: z.object({ httpGet: z.object({ path: z.string() }) }).optional(),
      volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
    }),
  ]),
  volumes: z.array(z.looseObject({ name: z.string() })),
})
const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()),
  }),
})
type Manifest = z.output<typeof manifestSchema>

const read = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((document) => document !== null)
    .map((document) => manifestSchema.parse(document))

const rendered = new Map(
  hasKubernetesTools ? Object.entries(chartValues).map(([name, values]) => [name, renderChart(values)]) : [],
)
const manifestsOf = (name: ChartValuesName): Manifest[] => read(rendered.get(name) ?? '')

/** The published schemas. */
const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ...{ ConfigMap: core.ConfigMap, Service: core.Service, ServiceAccount: core.ServiceAccount },
  ...{ Deployment: apps.Deployment, Job: batch.Job, CronJob: batch.CronJob },
  ...{ Ingress: networking.Ingress, NetworkPolicy: networking.NetworkPolicy },
  PodDisruptionBudget: policy.PodDisruptionBudget,
  ...{ ScaledObject: keda.ScaledObject, TriggerAuthentication: keda.TriggerAuthentication },
  ...{ PodMonitor: prometheus.PodMonitor, PrometheusRule: prometheus.PrometheusRule },
}

const specSchema = z.looseObject({ template: z.looseObject({ spec: podSchema }) })

/** By what it runs: worker, console, migrate, maintain, publish. */
function podsOf(name: ChartValuesName): Map<string, z.output<typeof podSchema>> {
  const specs = manifestsOf(name).flatMap(({ kind, spec }) => {
    if (kind === 'Deployment' || kind === 'Job') return [specSchema.parse(spec)]
    if (kind !== 'CronJob') return []
    return [z.object({ jobTemplate: z.object({ spec: specSchema }) }).parse(spec).jobTemplate.spec]
  })
  return new Map(specs.map(({ template: { spec } }) => [spec.containers[0].args[0] ?? '', spec] as const))
}

function configOf(name: ChartValuesName): string {
  const map = manifestsOf(name).find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prod-aftercall',
  )
  return z.object({ 'aftercall.yaml': z.string() }).parse(map?.data)['aftercall.yaml']
}

for (const name of Object.keys(chartValues) as ChartValuesName[]) {
  test(`${name}: helm lint finds nothing`, options, () => {
    const { status, stdout, stderr } = spawnSync(
      kubernetesTool('helm'),
      ['lint', '--strict', chart, '--values', '-'],
      { input: JSON.stringify(chartValues[name]), encoding: 'utf8' },
    )
    assert.equal(status, 0, stdout + stderr)
  })

  test(`${name}: every manifest fits the published schema of its kind`, options, () => {
    for (const { kind, metadata, ...rest } of manifestsOf(name)) {
      const Model = models[kind]
      assert.ok(Model, `no schema for ${kind}`)
      assert.doesNotThrow(
        () => new Model({ kind, metadata, ...rest } as never).validate(),
        `${kind} ${metadata.name}`,
      )
    }
  })

  test(`${name}: kubectl can build it, so no two manifests have one name`, options, () => {
    const folder = mkdtempSync(join(tmpdir(), 'aftercall-chart-'))
    try {
      writeFileSync(join(folder, 'all.yaml'), rendered.get(name) ?? '')
      writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [all.yaml]\n')
      const built = execFileSync(kubernetesTool('kubectl'), ['kustomize', folder], { encoding: 'utf8' })
      assert.equal(read(built).length, manifestsOf(name).length)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test(
    `${name}: the configuration is one that the worker accepts, without user and password`,
    options,
    () => {
      const text = configOf(name)
      const reading = readConfig(text, { DATABASE_HOST: 'warehouse.example.com' })
      assert.equal(reading.kind, 'valid', JSON.stringify(reading))
      if (reading.kind !== 'valid') return
      const { sources } = chartValues[name]
      assert.deepEqual(
        reading.config.sources.map((source) => [source.name, source.bucket]),
        sources.map((source) => [source.name, source.bucket]),
      )
      const url = new URL(reading.config.database.url)
      assert.deepEqual([url.username, url.password], ['', ''])
      const grace = podsOf(name).get('worker')?.terminationGracePeriodSeconds ?? 0
      assert.ok(grace > reading.config.worker.graceSeconds)
      const ports = podsOf(name).get('worker')?.containers[0].ports
      assert.deepEqual(ports, [{ name: 'metrics', containerPort: reading.config.http.port }])
    },
  )

  test(`${name}: no pod can write to its root, be root, or ask the API of Kubernetes`, options, () => {
    for (const [what, { securityContext, containers }] of podsOf(name)) {
      assert.deepEqual(securityContext, { runAsNonRoot: true, runAsUser: 10_001 }, what)
      assert.deepEqual(containers[0].securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  test(`${name}: every mounted volume is there`, options, () => {
    for (const [what, { containers, volumes }] of podsOf(name)) {
      const names = volumes.map((volume) => volume.name)
      for (const mount of containers[0].volumeMounts)
        assert.ok(names.includes(mount.name), `${what} ${mount.name}`)
    }
  })
}

test('user, password and host come from keys of their own, and each part has its own login', options, () => {
  const secrets = {
    worker: 'warehouse-loader',
    console: 'warehouse-console',
    migrate: 'warehouse-app',
    maintain: 'warehouse-loader',
    publish: 'warehouse-lake',
  }
  for (const [what, name] of Object.entries(secrets)) {
    const env = podsOf('everything').get(what)?.containers[0].env ?? []
    const keyOf = (variable: string) => env.find((one) => one.name === variable)?.valueFrom?.secretKeyRef
    assert.deepEqual(keyOf('PGUSER'), { name, key: 'user' }, what)
    assert.deepEqual(keyOf('PGPASSWORD'), { name, key: 'pgpass' }, what)
    assert.deepEqual(keyOf('DATABASE_HOST'), { name, key: 'host' }, what)
  }
})

test('only worker and publisher have rights in AWS, each its own', options, () => {
  for (const [what, pod] of podsOf('everything')) {
    const own = ['worker', 'publish'].includes(what) ? `prod-aftercall-${what}` : undefined
    assert.equal(pod.serviceAccountName, own, what)
  }
  const accounts = manifestsOf('everything').filter(({ kind }) => kind === 'ServiceAccount')
  assert.deepEqual(
    accounts.map(({ metadata }) => metadata.annotations['eks.amazonaws.com/role-arn']).sort(),
    ['arn:aws:iam::111122223333:role/aftercall-publish', 'arn:aws:iam::111122223333:role/aftercall-worker'],
  )
  const [worker, maintain, publish] = ['worker', 'maintain', 'publish'].map(
    (what) => podsOf('own-store').get(what)?.containers[0].envFrom,
  )
  assert.deepEqual(
    [worker, maintain, publish],
    [[{ secretRef: { name: 'store-keys' } }], [], [{ secretRef: { name: 'lake-keys' } }]],
  )
})

test('the publisher keeps the lake that the values name, and has a disk for a whole day', options, () => {
  assert.equal(podsOf('smallest').get('publish'), undefined)
  const publish = podsOf('everything').get('publish')
  assert.deepEqual(publish?.containers[0].args, [
    ...['publish', '--to', 's3://acme-lake/aftercall', '--every', '15m'],
  ])
  assert.deepEqual(publish?.volumes.find(({ name }) => name === 'tmp')?.emptyDir, { sizeLimit: '20Gi' })
  const worker = podsOf('everything').get('worker')
  assert.deepEqual(worker?.volumes.find(({ name }) => name === 'tmp')?.emptyDir, { sizeLimit: '1Gi' })
})

test('the console learns who people are, and who may act', options, () => {
  const consoleOf = (name: ChartValuesName) => {
    const reading = readConfig(configOf(name), { DATABASE_HOST: 'warehouse.example.com' })
    assert.ok(reading.kind === 'valid', JSON.stringify(reading))
    return reading.config.console
  }
  const { identity, actors } = consoleOf('everything')
  assert.deepEqual(identity, chartValues.everything.console.identity)
  assert.deepEqual(actors, chartValues.everything.console.actors)
  assert.deepEqual([consoleOf('smallest').identity, consoleOf('smallest').actors], [undefined, []])
})

test('a console behind an AWS load balancer may fetch its public keys', options, () => {
  const alb = `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/console/${'0'.repeat(16)}`
  const policies = read(renderChart({ ...smallest, console: { identity: { alb } } })).filter(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'prod-aftercall-console',
  )
  assert.match(JSON.stringify(policies), /"egress":.*\{"ports":\[\{"protocol":"TCP","port":443\}\]\}/)
})

test(
  'what the configuration names as a variable reaches workers and maintenance, which read all of it',
  options,
  () => {
    const variable = 'IDENTITY_KEY'
    const valueFrom = { secretKeyRef: { name: 'identity', key: 'key' } }
    const text = renderChart({
      ...smallest,
      config: { identity: { key: ['$', `{${variable}}`].join('') } },
      worker: { extraEnv: [{ name: variable, valueFrom }] },
    })
    const having = read(text).filter((one) => JSON.stringify(one.spec ?? {}).includes(`"name":"${variable}"`))
    assert.deepEqual(having.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
      'CronJob prod-aftercall-maintain',
      'Deployment prod-aftercall-worker',
    ])
    for (const needs of [
      ['database', 'sources'],
      ['database', 'queue', 'sources'],
    ] as const) {
      const config = z
        .object({ 'aftercall.yaml': z.string() })
        .parse(
          read(text).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prod-aftercall')
            ?.data,
        )
      const env = { DATABASE_HOST: 'warehouse.example.com' }
      assert.equal(readConfig(config['aftercall.yaml'], env, needs).kind, 'invalid')
      assert.equal(
        readConfig(config['aftercall.yaml'], { ...env, [variable]: 'x'.repeat(32) }, needs).kind,
        'valid',
      )
    }
  },
)

test('a digest wins over a tag', options, () => {
  for (const pod of podsOf('everything').values())
    assert.match(pod.containers[0].image, /^registry\.example\.com\/aftercall@sha256:(5e){32}$/)
  assert.equal(
    podsOf('smallest').get('worker')?.containers[0].image,
    'registry.example.com:5000/aftercall:0.1.0',
  )
})

test('migrations run before anything of a release, and a failed one ends the upgrade', options, () => {
  const hooks = manifestsOf('everything').filter(
    ({ metadata }) => metadata.annotations['helm.sh/hook'] !== undefined,
  )
  assert.deepEqual(
    hooks.map(({ kind, metadata }) => [
      kind,
      metadata.annotations['helm.sh/hook'],
      metadata.annotations['helm.sh/hook-weight'],
    ]),
    [
      ['ConfigMap', 'pre-install,pre-upgrade', '-1'],
      ['Job', 'pre-install,pre-upgrade', '0'],
    ],
  )
  // Nothing else is there yet.
  const migrate = podsOf('everything').get('migrate')
  assert.deepEqual(migrate?.volumes.find(({ name }) => name === 'config')?.configMap, {
    name: 'prod-aftercall-migrate',
  })
  assert.equal(migrate?.serviceAccountName, undefined)
})

test(
  'KEDA scales by the files that wait in both queues, and by the age of the oldest message',
  options,
  () => {
    const scaled = manifestsOf('everything').find(({ kind }) => kind === 'ScaledObject')
    const trigger = z.object({ type: z.string(), metadata: z.record(z.string(), z.string()) })
    const { triggers, minReplicaCount } = z
      .object({ minReplicaCount: z.number(), triggers: z.array(trigger) })
      .parse(scaled?.spec)
    assert.equal(minReplicaCount, 0)
    assert.deepEqual(
      triggers.map(({ type, metadata }) => [type, metadata.queueLength ?? metadata.targetMetricValue]),
      [
        ['aws-sqs-queue', String(5_000 / objectsPerMessage)],
        ['aws-sqs-queue', '5000'],
        ['aws-cloudwatch', '300'],
      ],
    )
    assert.equal(triggers[2]?.metadata.dimensionValue, 'aftercall-live')
    const worker = manifestsOf('everything').find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-worker'),
    )
    // A number of replicas would be set again by each upgrade.
    assert.equal(z.looseObject({}).parse(worker?.spec).replicas, undefined)
  },
)

test('the rules of the chart are those of Compose, with the address of the runbook', options, () => {
  const compose = readFileSync(new URL('../../compose/prometheus/alerts.yml', import.meta.url), 'utf8')
  const files = readFileSync(join(chart, 'files/alerts.yml'), 'utf8')
  assert.equal(files, compose, 'copy compose/prometheus/alerts.yml to infra/helm/files/')
  const rules = manifestsOf('everything').find(({ kind }) => kind === 'PrometheusRule')
  const expected = compose.replaceAll('runbook: docs/', 'runbook: https://example.com/aftercall/docs/')
  assert.deepEqual(rules?.spec, parse(expected))
  const monitor = manifestsOf('everything').find(({ kind }) => kind === 'PodMonitor')
  const { jobLabel } = z.looseObject({ jobLabel: z.string() }).parse(monitor?.spec)
  // The rules ask for this job.
  assert.ok(compose.includes(`job="${monitor?.metadata.labels[jobLabel]}"`))
})

test('the network lets the console reach only Postgres, and only whom it should reach it', options, () => {
  const policies = manifestsOf('everything').filter(({ kind }) => kind === 'NetworkPolicy')
  assert.equal(policies.length, podsOf('everything').size)
  const port = z.object({ port: z.number() })
  const spec = z.object({
    ingress: z.array(z.object({ ports: z.array(port) })),
    egress: z.array(z.object({ ports: z.array(port) })),
  })
  const portsOf = (name: string) => {
    const found = spec.parse(
      policies.find(({ metadata }) => metadata.name === `prod-aftercall-${name}`)?.spec,
    )
    const list = (rules: { ports: { port: number }[] }[]) =>
      rules.flatMap(({ ports }) => ports.map((one) => one.port))
    return [list(found.ingress), list(found.egress)]
  }
  assert.deepEqual(portsOf('console'), [[8_080], [53, 53, 5_433]])
  assert.deepEqual(portsOf('worker'), [[9_464], [53, 53, 5_433, 443, 80]])
  assert.deepEqual(portsOf('migrate'), [[], [53, 53, 5_433]])
  assert.deepEqual(portsOf('publish'), [[], [53, 53, 5_433, 443, 80]])
})

const { smallest } = chartValues
const refused: [what: string, values: object, names: RegExp][] = [
  ['an image without a version', { ...smallest, image: { repository: 'aftercall' } }, /image/],
  ['a tag that moves', { ...smallest, image: { repository: 'aftercall', tag: 'latest' } }, /image/],
  ['no source', { ...smallest, sources: [] }, /sources/],
  ['a misspelt key', { ...smallest, qeues: {} }, /qeues/],
  ['no place of the database', { ...smallest, database: {} }, /database\.host, or hostKey of each login/],
  ['KEDA without a Region', { ...smallest, keda: { enabled: true } }, /aws\.region: KEDA needs it/],
  [
    'actors that nobody could be told to be',
    { ...smallest, console: { actors: ['ana@example.com'] } },
    /console\.actors: without console\.identity/,
  ],
  ['a misspelt key of the console', { ...smallest, console: { actor: ['ana@example.com'] } }, /actor/],
  ['a publisher without a place', { ...smallest, publish: { enabled: true } }, /publish\.to: say where/],
  ['a lake that is no bucket', { ...smallest, publish: { enabled: true, to: '/srv/lake' } }, /publish/],
  [
    'an ingress without a name',
    { ...smallest, console: { ingress: { enabled: true } } },
    /console\.hosts: an ingress needs/,
  ],
]

for (const [what, values, names] of refused) {
  test(`helm refuses ${what}, and says so`, options, () => assert.match(refusalOf(values), names))
}
