import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const root = new URL('../..', import.meta.url).pathname

/** `192.0.2.1:8080:80` and such, always on this machine alone. */
const port = z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)
const seconds = z.string().regex(/^\d+s$/)
const environment = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())

const healthcheck = z.strictObject({
  test: z.tuple([z.literal('CMD'), z.string()], z.string()),
  interval: seconds,
  timeout: seconds,
  retries: z.int().min(1),
})

/**
 * What we use of https://github.com/compose-spec/compose-spec/blob/main/spec.md, and nothing else: a key that is not here
 * fails. It stands in for the specification's own schema, which no small npm package has: the linter `dclint` carries it
 * among 32 packages, one under a licence that tests/release does not allow. A key that is added here has to be looked up
 * in the specification; CI starts the file with Docker Compose itself.
 */
const service = z.strictObject({
  image: z.string(),
  build: z
    .strictObject({ context: z.literal('.'), target: z.string(), args: z.record(z.string(), z.string()) })
    .optional(),
  profiles: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: environment.default({}),
  volumes: z.array(z.string().regex(/^(\.\/)?[a-z./-]+:\/[a-z./-]+(:ro)?$/)).default([]),
  ports: z.array(port).default([]),
  healthcheck: healthcheck.optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
    )
    .default({}),
  tmpfs: z.array(z.literal('/tmp')).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  init: z.boolean().default(false),
  restart: z.enum(['no', 'unless-stopped']).default('no'),
  stop_grace_period: seconds.default('10s'),
})

const composeSchema = z
  .object({
    name: z.string(),
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.strictObject({})),
  })
  .catchall(z.unknown())
  .refine((file) => Object.keys(file).every((key) => /^(name|services|volumes|x-.+)$/.test(key)))

export type ComposeService = z.output<typeof service>
export type ComposeFile = z.output<typeof composeSchema>

export const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8')

/** As Compose reads it when nothing is set: merged, every variable with its default, checked. */
export function readComposeFile(): ComposeFile {
  return composeSchema.parse(parse(fillIn(composeText), { merge: true }))
}

/** Throws for a variable without a default: a fresh clone would not start. */
function fillIn(text: string): string {
  return text.replaceAll(/(?<!\$)\$\{?(\w+)(?::-([^}]*))?\}?/g, (found, name: string, byDefault?: string) => {
    if (byDefault === undefined) throw new Error(`${name} has no default in docker-compose.yml: ${found}`)
    return byDefault
  })
}

/** Variables that a user may set. */
export function composeVariables(): string[] {
  return [...new Set([...composeText.matchAll(/\$\{(\w+):-/g)].map(([, name = '']) => name))]
}

/** Services in an order in which each comes after what it depends on. */
export function inStartOrder({ services }: ComposeFile): string[] {
  const ordered: string[] = []
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) throw new Error(`services wait for each other: ${[...path, name].join(' → ')}`)
    if (ordered.includes(name)) return
    for (const before of Object.keys(services[name]?.depends_on ?? {})) visit(before, [...path, name])
    ordered.push(name)
  }
  for (const name of Object.keys(services)) visit(name, [])
  return ordered
}
