import { printProblems, readConfig } from '@aftercall/runtime/config/config'
import { isDuration } from '@aftercall/runtime/text/duration'
import { consoleSettings } from './console-service.ts'
import type { Deployment } from './deployment.ts'
import { publishEvery } from './publish-service.ts'
import { writeWorkerConfig } from './worker-config.ts'

/** ECS takes task definitions of up to 64 KiB, with everything that is in them. */
const certificatesBytesMax = 32_768

/**
 * Refuses, before anything is made, what AWS or the worker would refuse after a deployment: all problems at once.
 * @throws Error
 */
export function checkDeployment(deployment: Deployment): void {
  const problems = [
    ...checkCertificates(deployment),
    ...checkNetwork(deployment),
    ...checkCollector(deployment),
    ...checkActors(deployment),
    ...checkPublish(deployment),
    ...checkSecrets(deployment),
    ...checkSettings(deployment),
  ]
  if (problems.length > 0) {
    throw new Error([`deployment ${deployment.name} cannot work:`, ...problems].join('\n  '))
  }
}

function checkCertificates({ databaseCertificates }: Deployment): string[] {
  const bytes = Buffer.byteLength(databaseCertificates)
  if (bytes <= certificatesBytesMax) return []
  const count = databaseCertificates.split('BEGIN CERTIFICATE').length - 1
  return [
    `databaseCertificates: ${count} certificates of ${bytes} bytes do not fit into a task definition of ECS; ` +
      `at most ${certificatesBytesMax} bytes: use the bundle of your Region instead of the global one`,
  ]
}

function checkNetwork({
  network = { kind: 'new' },
  privateEndpoints = [],
  console,
  sftp,
  googleCopy,
}: Deployment): string[] {
  if (network.kind === 'existing') {
    const lists = ['workSubnetIds', 'databaseSubnetIds', 'publicSubnetIds'] as const
    const wrong = lists.filter(
      (name) => (network[name]?.length ?? network.zones.length) % network.zones.length,
    )
    const needsPublic = console?.reach === 'internet' || sftp !== undefined
    return [
      ...wrong.map((name) => `network.${name}: there must be one subnet for each of network.zones`),
      ...(needsPublic && network.publicSubnetIds === undefined
        ? ["network.publicSubnetIds: a console with reach 'internet' and SFTP need public subnets"]
        : []),
    ]
  }
  if (network.natGateways !== 'none') return []
  const needed = ['sqs', 'secretsmanager', 'logs', 'ecr'] as const
  const missing = needed.filter((name) => !privateEndpoints.includes(name))
  return [
    ...(missing.length === 0
      ? []
      : [`privateEndpoints: without a NAT gateway, ${missing.join(', ')} must be among them`]),
    ...(googleCopy === undefined ? [] : ['googleCopy: it needs a NAT gateway']),
    ...(console?.reach === 'internal'
      ? ['console.reach: an internal load balancer reaches the identity provider through a NAT gateway']
      : []),
  ]
}

/** A sidecar that cannot be pulled keeps its whole task from starting. */
function checkCollector({ network = { kind: 'new' }, collector, compute }: Deployment): string[] {
  if (network.kind === 'existing' || network.natGateways !== 'none' || compute.kind !== 'fargate') return []
  if (collector === 'none' || collector?.image.includes('.dkr.ecr.') === true) return []
  return ["collector: without a NAT gateway, its image must be in ECR, or set collector: 'none'"]
}

/** Workers carry actions out, and the console verifies tokens with keys that it fetches from the internet. */
function checkActors({ network = { kind: 'new' }, console, compute }: Deployment): string[] {
  if (console?.actors === undefined || console.actors.length === 0) return []
  return [
    ...(compute.kind === 'lambda'
      ? ['console.actors: workers carry actions out, and the Lambda variant has none']
      : []),
    ...(network.kind === 'new' && network.natGateways === 'none'
      ? [
          "console.actors: the console fetches the load balancer's public keys from the internet, through a NAT gateway",
        ]
      : []),
  ]
}

/** What the command would refuse, and what it needs to find all changes. */
function checkPublish({ publish, compute }: Deployment): string[] {
  if (publish === undefined) return []
  const { prefix, every = publishEvery } = publish
  return [
    ...(prefix === '' || /^\/|\/$|\/\//.test(prefix)
      ? ['publish.prefix: must name a folder of the bucket, without a slash at its beginning or end']
      : []),
    ...(isDuration(every) ? [] : [`publish.every: must be a duration such as 15m, not ${every}`]),
    ...(compute.kind === 'lambda'
      ? ['publish: workers note which days have changed, and the Lambda variant has none']
      : []),
  ]
}

function checkSecrets({ secrets = {}, compute }: Deployment): string[] {
  const wrong = Object.keys(secrets).filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))
  return [
    ...wrong.map((name) => `secrets: ${name} must be the name of a variable, for example IDENTITY_KEY`),
    ...(compute.kind === 'lambda' && Object.keys(secrets).length > 0
      ? ['secrets: the function of the Lambda variant does not get them']
      : []),
  ]
}

const balancerStandIn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/console/0123456789abcdef'

/** The configuration that tasks get, with stand-ins for what only AWS knows, read as they read it (I11). */
function checkSettings({ bucket, sources, settings, secrets = {}, alarms, console }: Deployment): string[] {
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/queue'
  const text = writeWorkerConfig({
    deployment: {
      ...{ bucket, sources },
      settings: {
        ...settings,
        ...(console === undefined
          ? {}
          : { console: consoleSettings({ alarms, settings }, console, balancerStandIn) }),
      },
    },
    database: { place: 'database.example.com:5432/aftercall' },
    ...{ live: { queueUrl }, backfill: { queueUrl: `${queueUrl}-2` }, caFile: '/run/aftercall/rds-ca.pem' },
  })
  const standIns = Object.fromEntries(Object.keys(secrets).map((name) => [name, 'x'.repeat(64)]))
  const reading = readConfig(text, { ...standIns, DATABASE_USER: 'user', DATABASE_PASSWORD: 'password' })
  return reading.kind === 'valid' ? [] : [printProblems(reading.problems, 'settings and sources').trimEnd()]
}
