import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '@aftercall/runtime/config/config'
import { createMetrics } from '@aftercall/runtime/telemetry/metrics'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { composeVariables, inStartOrder, readComposeFile, root } from './compose-file.ts'
import { execFormOf, instructionsOf, readDockerfile } from './dockerfile.ts'

const compose = readComposeFile()
const services = Object.entries(compose.services)
const readText = (path: string): string => readFileSync(join(root, path), 'utf8')

const rules = z.array(
  z.strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().optional(),
    annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
  }),
)
const alertFile = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules })) })
const alerts = alertFile
  .parse(parse(readText('compose/prometheus/alerts.yml')))
  .groups.flatMap((group) => group.rules)

function dashboardQueries(): string[] {
  const target = z.object({ expr: z.string() })
  const dashboard = z.object({ panels: z.array(z.object({ targets: z.array(target).min(1) })) })
  const { panels } = dashboard.parse(JSON.parse(readText('compose/grafana/dashboards/aftercall.json')))
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
}

/** A service that ends by itself is one that others wait to see completed. */
const completed = new Set(
  services.flatMap(([, { depends_on }]) =>
    Object.keys(depends_on).filter(
      (name) => depends_on[name]?.condition === 'service_completed_successfully',
    ),
  ),
)

/** Commands that someone runs, and the publisher, which serves nothing: what it does is in the database, for doctor. */
const unserved = ['tools', 'lake']

test('every service that keeps running and can be asked has a health check, and only what has one is waited for as healthy', () => {
  const lasting = services.filter(
    ([name, { profiles }]) => !completed.has(name) && !profiles.some((one) => unserved.includes(one)),
  )
  expect(lasting.map(([name]) => name).sort()).toEqual([
    'aws',
    'console',
    'grafana',
    'postgres',
    'prometheus',
    'worker',
  ])
  for (const [name, { healthcheck }] of lasting) expect(healthcheck, name).toBeDefined()
  for (const [name, { depends_on }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const { healthcheck } = compose.services[other] ?? {}
      expect(healthcheck === undefined, `${name} waits for ${other}`).toBe(condition !== 'service_healthy')
    }
  }
})

test('"up --wait" ends: what ends by itself is waited for by a service that always runs', () => {
  const adopted = services.filter(([, { profiles }]) => profiles.length === 0)
  const waited = adopted.flatMap(([, { depends_on }]) => Object.keys(depends_on))
  expect([...completed].filter((name) => !waited.includes(name))).toEqual([])
  expect(inStartOrder(compose)).toContain('worker')
})

test('every image has a full version, and ours are built from targets that there are', () => {
  const { args, stages } = readDockerfile()
  const foreign = services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image)
  const bases = stages.map(({ from }) => from).filter((from) => !stages.some(({ name }) => name === from))
  expect(new Set(bases)).toEqual(new Set(['\u0024{NODE_IMAGE}']))
  for (const image of [...foreign, args.NODE_IMAGE ?? ''])
    expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$/)
  expect(args.NODE_IMAGE).toContain(JSON.parse(readText('package.json')).dependencies.node)
  for (const [name, { build, image }] of services.filter(([, one]) => one.build !== undefined)) {
    expect(
      stages.map((stage) => stage.name),
      name,
    ).toContain(build?.target)
    expect(image).toBe(build?.target === 'cli' ? 'aftercall:dev' : `aftercall-${build?.target}:dev`)
  }
})

test('our services run without rights, with a read-only root file system and a user that is not root', () => {
  for (const [name, one] of services.filter(([, { build }]) => build !== undefined)) {
    expect(one, name).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true })
    const users = instructionsOf(one.build?.target ?? '').filter((instruction) => instruction.name === 'USER')
    expect(users.at(-1)?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  }
})

test('every file that is mounted or copied into an image is there, and every volume is declared', () => {
  for (const source of services.flatMap(([, { volumes }]) => volumes.map((one) => one.split(':')[0] ?? ''))) {
    if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true)
    else expect(Object.keys(compose.volumes)).toContain(source)
  }
  const ignored = readText('.dockerignore').split('\n')
  const copied = readDockerfile().stages.flatMap(({ instructions }) =>
    instructions.filter(({ name, text }) => name === 'COPY' && !/^(--from=|\. )/.test(text)),
  )
  for (const { text } of copied) {
    expect(existsSync(join(root, text.split(' ')[0] ?? '')), text).toBe(true)
    expect(ignored).toContain(`!${text.split('/')[0]}`)
  }
})

/** What stands before the command in the images: Node with the settings of the command's own first line. */
const entryPoint = [
  'node',
  ...(/node (--.+)$/m.exec(readText('services/cli/bin/aftercall.js'))?.[1] ?? '').split(' '),
  '/app/aftercall.js',
]

test('worker and console start without a shell, on the port that their image names and Compose publishes', () => {
  for (const [name, key] of [
    ['worker', 'http'],
    ['console', 'console'],
  ] as const) {
    const reading = readConfig(readText('compose/aftercall.yaml'), compose.services[name]?.environment ?? {})
    if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
    const { host, port } = reading.config[key]
    expect(host).toBe('0.0.0.0')
    expect(compose.services[name]?.ports).toEqual([expect.stringMatching(new RegExp(`:${port}$`))])
    expect(instructionsOf(name)).toContainEqual({ name: 'EXPOSE', text: String(port) })
    expect([...execFormOf(name, 'ENTRYPOINT'), ...execFormOf(name, 'CMD')]).toEqual([...entryPoint, name])
    expect(execFormOf(name, 'HEALTHCHECK')).toEqual(['node', '/app/check-health.mjs', name])
  }
})

test('the worker is given as long to stop as it may take, and loads the made-up companies of `aftercall sample`', () => {
  const reading = readConfig(readText('compose/aftercall.yaml'), compose.services.worker?.environment ?? {})
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.problems))
  const { worker, sources } = reading.config
  expect(Number.parseInt(compose.services.worker?.stop_grace_period ?? '', 10)).toBeGreaterThan(
    worker.graceSeconds,
  )
  expect(sources.map(({ name, timeZone }) => ({ name, timeZone }))).toEqual(
    builtInTenants
      .map(({ name, timeZone }) => ({ name, timeZone }))
      .sort((one, two) => (one.name < two.name ? -1 : 1)),
  )
})

test('every variable of docker-compose.yml is described with its default in docs/containers.md, and no other', () => {
  const rows = [...readText('docs/containers.md').matchAll(/^\| `([A-Z_]+)` \| `([^`]*)` \|/gm)]
  const described = rows.map(([, name, byDefault]) => `\${${name}:-${byDefault}}`)
  const text = readText('docker-compose.yml')
  expect(rows.map(([, name]) => name).sort()).toEqual(composeVariables().sort())
  expect(described.filter((one) => !text.includes(one))).toEqual([])
})

test('every metric of the dashboard and the alerts is one that there is, and every metric of ours is looked at', async () => {
  const known = await createMetrics({ version: '0' }).render()
  const types = new Map(
    [...known.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type]) => [name, type]),
  )
  const queries = [...dashboardQueries(), ...alerts.map(({ expr }) => expr)]
  const used = queries.flatMap((query) => query.match(/\b(aftercall|process)_\w+/g) ?? [])
  const isThere = (name: string): boolean =>
    types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram'
  expect(used.length).toBeGreaterThan(25)
  expect(used.filter((name) => !isThere(name))).toEqual([])
  const ours = [...types.keys()].filter(
    (name) => name.startsWith('aftercall_') && name !== 'aftercall_build_info',
  )
  expect(ours.filter((name) => !used.some((one) => one.startsWith(name)))).toEqual([])
})

test('every alert leads to a section of the runbook', () => {
  const sections = [...readText('docs/runbook.md').matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = alerts.map(({ annotations }) => annotations.runbook.replace('docs/runbook.md#', ''))
  expect(links.filter((link) => !sections.includes(link))).toEqual([])
  expect(links).toHaveLength(14)
})
