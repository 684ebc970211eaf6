import { identityKeyOf } from '@aftercall/ingest/mapping/mapping-settings-of'
import { erasureKeyVersion } from '@aftercall/metadata/erasure/erasure-digest'
import type { Config } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { unlessPending } from '@aftercall/warehouse/connection/unless-pending'
import { readKeyVersion } from '@aftercall/warehouse/erasure/erasure-record'
import { type AgentVisibility, readAgentVisibility } from '@aftercall/warehouse/schema/agent-visibility'
import { DatabaseUnreachableError, withDatabase } from '../with-database.ts'
import type { CheckResult } from './check-result.ts'

type KeyConfig = Pick<Config, 'database' | 'identity' | 'analytics'>

/** Which keys stand for consumers and agents, and for the erased. */
export async function checkKeys(config: KeyConfig): Promise<CheckResult[]> {
  return [checkIdentityKey(config), ...(await checkErased(config)), ...(await checkAgents(config))]
}

function checkIdentityKey({ identity }: KeyConfig): CheckResult {
  const check = 'keys of consumers'
  if (identity.key !== undefined) return { check, level: 'ok', detail: 'identity.key is set' }
  return {
    check,
    level: 'notice',
    detail:
      'identity.key is not set, so customer_key and contact_key are null: repeat contact cannot be counted',
    fix: 'set identity.key (openssl rand -base64 32), and then run aftercall replay --from raw: docs/access.md',
  }
}

/** With another identity.key than that of the erasures, workers store nothing. Empty where nobody was erased. */
async function checkErased(config: KeyConfig): Promise<CheckResult[]> {
  const check = 'list of the erased'
  const identityKey = identityKeyOf(config.identity)
  try {
    const known = await withDatabase(config.database, ({ db }) => unlessPending(readKeyVersion(db), null))
    if (known === null) return []
    if (identityKey !== undefined && erasureKeyVersion(identityKey) === known)
      return [{ check, level: 'ok', detail: 'it was made with identity.key' }]
    const detail = `persons were erased with another identity.key${identityKey === undefined ? ', and none is set' : ''}: workers store nothing`
    return [
      {
        check,
        level: 'problem',
        detail,
        fix: 'set the identity.key that was configured then: docs/privacy.md',
      },
    ]
  } catch (error) {
    // The check of the database reports an unreachable one.
    if (error instanceof DatabaseUnreachableError) return []
    return [
      { check, level: 'notice', detail: describeError(error), fix: 'see the checks of the database above' },
    ]
  }
}

async function checkAgents({ database, analytics }: KeyConfig): Promise<CheckResult[]> {
  const check = 'agents in analytics'
  try {
    const shown: AgentVisibility = 'shown'
    const inDatabase = await withDatabase(database, ({ db }) => unlessPending(readAgentVisibility(db), shown))
    const wanted = analytics.agents ?? inDatabase
    if (wanted === inDatabase) return [{ check, level: 'ok', detail: `agents are ${inDatabase}` }]
    const detail = `analytics.agents is ${wanted}, but agents are still ${inDatabase} in the database`
    return [{ check, level: 'problem', detail, fix: 'aftercall migrate' }]
  } catch (error) {
    // The check of the database reports an unreachable one.
    if (error instanceof DatabaseUnreachableError) return []
    return [
      { check, level: 'notice', detail: describeError(error), fix: 'see the checks of the database above' },
    ]
  }
}
