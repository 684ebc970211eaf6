import { readDatabaseUrl } from '@aftercall/runtime/config/database-url'
import type { DatabasePlace, Read } from './init-answers.ts'

const form = 'must have the form host:port/name, such as db.example.com:5432/aftercall'
const withLogin =
  'must not contain a user or a password: logins.sql makes logins of their own. Write host:port/name, such as db.example.com:5432/aftercall'

/**
 * `host`, `host:port` or `host:port/name`, also behind `postgres://`. What contains an @ may contain a password, so it is
 * refused, and no problem quotes the text (I10).
 */
export function readDatabasePlace(text: string): Read<DatabasePlace> {
  if (text.includes('@')) return { problem: withLogin }
  const place = text.trim().replace(/^postgres(ql)?:\/\//i, '')
  const reading = readDatabaseUrl(`postgres://${place}`)
  if (reading.kind === 'problem' || /[?#\s]/.test(place)) return { problem: form }
  const { hosts, database = 'aftercall' } = reading.address
  const [{ host, port = 5432 }, ...others] = hosts
  if (others.length > 0) return { problem: `${form}, with one host` }
  if (host === '' || host.startsWith('/')) return { problem: form }
  if (!/^[\w-]{1,63}$/.test(database))
    return { problem: `${form}; the name has letters, digits, _ and - only` }
  return { value: { host, port, name: database } }
}

/** The Region in the name of a server of Amazon RDS or Aurora, whose certificates come from an authority of their own. */
export function rdsRegionOf(host: string): string | undefined {
  return /\.([a-z]{2,4}(?:-[a-z]+)+-\d+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host)?.[1]
}

/** The file with the certificate authorities of Amazon RDS. */
export const rdsCaFile = 'rds-ca.pem'
