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
    http: { port: httpPort },
  }
}

export function demoConfig(places: DemoPlaces): Config {
  const reading = readConfig(JSON.stringify(composeConfig(places)), {})
  if (reading.kind === 'invalid')
    throw new Error(reading.problems.map((one) => `${one.path} ${one.message}`).join('; '))
  return reading.config
}

/** The same as a file: to be copied, and changed, into a first `aftercall.yaml`. */
export function writeDemoConfig(places: DemoPlaces, stack: Pick<EmbeddedStack, 'awsEnvironment'>): string {
  const variables = Object.entries(stack.awsEnvironment).map(([name, value]) => `#   ${name}=${value}`)
  return [
    '# The demo, for as long as it runs. A copy of this file is a first aftercall.yaml: put in your own database, queue and',
    '# buckets; aftercall.example.yaml shows everything else that can be set. To reach the demo with a copy, set these too:',
    ...variables,
    '',
    stringify(composeConfig(places)),
  ].join('\n')
}
