import type { EmbeddedStack } from '@aftercall/embedded/embedded-stack'
import { type Config, readConfig } from '@aftercall/runtime/config/config'
import { builtInTenants } from '@aftercall/samples/tenants/built-in-tenants'
import { stringify } from 'yaml'

export const demoBucket = 'aftercall-demo'

export type DemoPlaces = { databaseUrl: string; queueUrl: string; httpPort: number }

/** What a user would write into `aftercall.yaml` for the sample tenants. */
function composeConfig({ databaseUrl, queueUrl, httpPort }: DemoPlaces) {
  return {
    database: { url: databaseUrl },
    queues: { live: { url: queueUrl } },
    sources: builtInTenants.map(({ name, timeZone }) => ({
      name,
      bucket: demoBucket,
      prefix: `${name}/metadata/`,
      timeZone,
    })),
    identity: { key: 'replace this key: the people of the demo are fictional' },
    http: { port: httpPort },
  }
}

export function demoConfig(places: DemoPlaces): Config {
  const read = readConfig(JSON.stringify(composeConfig(places)), {})
  if (read.kind === 'invalid')
    throw new Error(read.problems.map(({ path, message }) => `${path} ${message}`).join('; '))
  return read.config
}

/** The same as a file, to copy as a first `aftercall.yaml`. */
export function writeDemoConfig(places: DemoPlaces, stack: Pick<EmbeddedStack, 'awsEnvironment'>): string {
  const variables = Object.entries(stack.awsEnvironment).map(([name, value]) => `#   ${name}=${value}`)
  return [
    '# The configuration of the running demo. Copy this file to aftercall.yaml and replace database, queue and buckets with',
    '# your own; aftercall.example.yaml shows all other settings. To use a copy with the demo, also set these variables:',
    ...variables,
    '',
    stringify(composeConfig(places)),
  ].join('\n')
}
