import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '@aftercall/runtime/config/config'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { type ConfigurationName, configurations } from './configurations.ts'
import { resolve } from './resolve.ts'
import { type CfnTemplate, everyTemplate, resourcesOf, templates } from './synthesised.ts'

type Container = {
  Name: string
  EntryPoint?: string[]
  Command: string[]
  Environment: { Name: string; Value: string }[]
  Secrets?: { Name: string; ValueFrom: string }[]
}

const env = {
  ...{ DATABASE_USER: 'aftercall_worker_clone', DATABASE_PASSWORD: 'aZ09_.-' },
  IDENTITY_KEY: 'of 32 bytes or more, from a secret',
}

for (const [name, template] of everyTemplate) {
  test(`${name}: the files of a task are a valid configuration`, () => {
    for (const [, { Properties }] of resourcesOf(template, 'AWS::ECS::TaskDefinition')) {
      const files = containersOf(template, Properties).find(({ Name }) => Name === 'Files')
      if (files === undefined) continue
      const folder = mkdtempSync(join(tmpdir(), 'aftercall-files-'))
      try {
        execFileSync(process.execPath, [...(files.EntryPoint ?? []).slice(1), ...files.Command], {
          env: { ...environmentOf(files), FOLDER: folder, SCRATCH: folder },
        })
        assertAccepted(name as ConfigurationName, readFileSync(join(folder, 'aftercall.yaml'), 'utf8'))
        assert.match(readFileSync(join(folder, 'rds-ca.pem'), 'utf8'), /BEGIN CERTIFICATE/)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
  })

  test(`${name}: each alarm names an existing section of the runbook`, () => {
    const headings = headingsOf('../../docs/runbook.md')
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => String(Properties.AlarmDescription))
      // Alarms that scaling creates are not for people.
      .filter((text) => text.includes('What to do'))
    assert.ok(alarms.length >= 9, `${alarms.length} alarms`)
    for (const text of alarms) {
      assert.ok(
        headings.includes(/#([\w-]+)$/.exec(text)?.[1] ?? ''),
        `${text} names no section of the runbook`,
      )
    }
  })

  test(`${name}: alarms and dashboard only use metrics that exist`, () => {
    const asking = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::ECS::TaskDefinition']
    const text = JSON.stringify(asking.flatMap((type) => resourcesOf(template, type)))
    const asked = new Set(text.match(/aftercall_[a-z_]*[a-z]/g))
    assert.ok(asked.has('aftercall_objects_total'))
    const known = [...metricNames(), 'aftercall_freshness_within_goal', 'aftercall_freshness_sessions']
    const unknown = [...asked].filter((metric) => !known.includes(metric) && !isNoMetric.test(metric))
    assert.deepEqual(unknown, [])
  })
}

/** The prefixes of names in an expression, and the series of a histogram. */
const isNoMetric = /^aftercall_(freshness|freshness_seconds_(bucket|count))$/

test('a secret of the settings reaches workers and bulk tasks as a variable, and no other part; its text is in no template', () => {
  const template = templates['cross-account']
  const { secretArn, keyArn } = configurations['cross-account'].secrets.IDENTITY_KEY
  const getting = resourcesOf(template, 'AWS::ECS::TaskDefinition').filter(([, { Properties }]) =>
    containersOf(template, Properties).some(({ Secrets = [] }) =>
      Secrets.some(({ Name, ValueFrom }) => Name === 'IDENTITY_KEY' && ValueFrom === secretArn),
    ),
  )
  assert.deepEqual(getting.map(([id]) => id.replace(/Task.*$/, '')).sort(), ['Bulk', 'Worker'])
  const rights = resourcesOf(template, 'AWS::IAM::Policy').filter(([, { Properties }]) => {
    const text = JSON.stringify(resolve(template, Properties))
    return text.includes(secretArn) && text.includes(keyArn)
  })
  assert.equal(rights.length, 2)
})

test('the function gets a valid configuration', () => {
  const template = templates['lambda-sftp-google']
  const [worker] = resourcesOf(template, 'AWS::Lambda::Function').filter(([id]) =>
    id.startsWith('WorkerFunction'),
  )
  const { Variables } = resolve(template, worker?.[1].Properties.Environment) as {
    Variables: Record<string, string>
  }
  assertAccepted('lambda-sftp-google', Variables.AFTERCALL_YAML ?? '')
})

test('run-command.sh uses only outputs that every stack has', () => {
  const script = readFileSync(new URL('../run-command.sh', import.meta.url), 'utf8')
  const asked = [...script.matchAll(/\$\(output (\w+)\)/g)].map((found) => found[1])
  assert.equal(asked.length, 4)
  for (const [name, { Outputs }] of everyTemplate) {
    for (const output of asked) assert.ok(output !== undefined && output in Outputs, `${name}: ${output}`)
  }
})

test('the share of fresh sessions is counted at a bucket bound that the worker has', async () => {
  const rendered = await createMetrics({ version: 'test' }).render()
  for (const [, template] of everyTemplate) {
    for (const [, { Properties }] of resourcesOf(template, 'AWS::ECS::TaskDefinition')) {
      const collector = containersOf(template, Properties).find(({ Name }) => Name === 'Collector')
      if (collector === undefined) continue
      const { COLLECTOR_CONFIG = '' } = environmentOf(collector)
      const bound = /aftercall_freshness_seconds_bucket;(\d+)/.exec(COLLECTOR_CONFIG)?.[1]
      assert.ok(rendered.includes(`aftercall_freshness_seconds_bucket{le="${bound}"}`), `no bucket ${bound}`)
    }
  }
})

function assertAccepted(name: ConfigurationName, text: string): void {
  const reading = readConfig(text, env)
  assert.equal(reading.kind, 'valid', JSON.stringify(reading))
  if (reading.kind !== 'valid') return
  const { config } = reading
  const { bucket, sources } = configurations[name]
  assert.deepEqual(
    config.sources.map(({ name, bucket, prefix }) => [name, bucket, prefix]),
    sources.map(({ name, prefix }) => [name, bucket.bucketName, prefix]),
  )
  assert.equal(config.database.tls, 'verify')
  assert.equal(new URL(config.database.url).username, env.DATABASE_USER)
  assert.match(config.queues.live?.url ?? '', /LiveQueue/)
}

function containersOf(template: CfnTemplate, properties: Record<string, unknown>): Container[] {
  return resolve(template, properties.ContainerDefinitions) as Container[]
}

function environmentOf({ Environment }: Container): Record<string, string> {
  return Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]))
}

function metricNames(): string[] {
  const text = readFileSync(
    new URL('../../packages/runtime/src/telemetry/metrics.ts', import.meta.url),
    'utf8',
  )
  return [...text.matchAll(/name: '(aftercall_\w+)'/g)].map((found) => found[1] ?? '')
}

/** The anchors that GitHub makes from them. */
function headingsOf(file: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return [...text.matchAll(/^#+ (.+)$/gm)].map((found) =>
    (found[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}
