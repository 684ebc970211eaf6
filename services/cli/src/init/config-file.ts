import { rdsCaFile, rdsRegionOf } from './database-place.ts'
import type { InitAnswers } from './init-answers.ts'

/** `aftercall.yaml`, without a password in it. */
export function configFile({ source, bucket, prefix, region, timeZone, database }: InitAnswers): string {
  const isRds = rdsRegionOf(database.host) !== undefined
  return `# Aftercall for ${source}. Values such as \${DATABASE_PASSWORD} come from the environment: set -a; . ./aftercall.env; set +a
# aftercall.example.yaml, beside the built command and in the sources, has every key with its default.

database:
  host: ${quote(database.host)}
  port: ${database.port}
  name: ${quote(database.name)}
  # logins.sql makes this login. Migrations need another one: DATABASE_USER=aftercall_migrator.
  user: \${DATABASE_USER:-aftercall_worker}
  password: \${DATABASE_PASSWORD}
  ${isRds ? `# The certificate authorities of Amazon RDS, which Node does not know.\n  tlsCaFile: ${rdsCaFile}` : '# verify encrypts and checks the certificate; it is the default for servers other than this machine.\n  #tls: verify'}

queues:
  live:
    # aws-setup.sh makes the queue and prints its address.
    url: \${LIVE_QUEUE_URL}

sources:
  # The name stands in every table: do not change it later.
  - name: ${source}
    bucket: ${quote(bucket)}
    prefix: ${quote(prefix)}
    region: ${region}
    # The time zone of times without an offset in documents.
    ${timeZone === undefined ? '#timeZone: America/New_York' : `timeZone: ${timeZone}`}
    # How many whole months stay in the database besides the current one. Without this key, all do.
    #retentionMonths: 24

# What stands for consumers in the tables, in place of ids, numbers and addresses. With another key they all change.
identity:
  key: \${AFTERCALL_IDENTITY_KEY}

# Compares bucket and ledger, and loads what was never announced.
reconcile:
  every: 24h
`
}

/** A JSON string is a YAML string. `${` would begin a variable. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('${', () => '$${')
}
