import { randomBytes } from 'node:crypto'
import type { InitAnswers } from './init-answers.ts'

const secretNames = [
  'DATABASE_PASSWORD',
  'MIGRATOR_PASSWORD',
  'CONSOLE_PASSWORD',
  'AFTERCALL_IDENTITY_KEY',
] as const

export type Secrets = Record<(typeof secretNames)[number], string> & {
  /** Lines of an earlier file for other variables, such as the address of the queue. */
  others: string[]
}

/**
 * Secrets of letters, digits, - and _, which need no encoding anywhere. Those of an earlier `aftercall.env` stay: logins with
 * these passwords may exist, and with another identity key every customer_key changes.
 */
export function readSecrets(earlier: string): Secrets {
  const values = new Map(
    [...earlier.matchAll(/^([A-Z_]+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  const keep = (name: string): string => values.get(name) ?? randomBytes(32).toString('base64url')
  const known = new Set<string>([...secretNames, 'AWS_REGION'])
  return {
    DATABASE_PASSWORD: keep('DATABASE_PASSWORD'),
    MIGRATOR_PASSWORD: keep('MIGRATOR_PASSWORD'),
    CONSOLE_PASSWORD: keep('CONSOLE_PASSWORD'),
    AFTERCALL_IDENTITY_KEY: keep('AFTERCALL_IDENTITY_KEY'),
    others: [...values].flatMap(([name, value]) => (known.has(name) ? [] : [`${name}=${value}`])),
  }
}

/** `aftercall.env`, for a shell, Docker's `--env-file` and systemd's `EnvironmentFile`. */
export function envFile({ source, region }: InitAnswers, { others, ...secrets }: Secrets): string {
  return [
    `# The secrets of Aftercall for ${source}. Keep a copy where you keep passwords.`,
    '# DATABASE_PASSWORD is of aftercall_worker, MIGRATOR_PASSWORD of aftercall_migrator, CONSOLE_PASSWORD of aftercall_console.',
    ...secretNames.map((name) => `${name}=${secrets[name]}`),
    `AWS_REGION=${region}`,
    ...others,
    '',
  ].join('\n')
}
