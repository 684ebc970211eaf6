import type { Config } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import { unlessPending } from '@aftercall/warehouse/connection/unless-pending'
import { type AgentVisibility, readAgentVisibility } from '@aftercall/warehouse/schema/agent-visibility'
import { DatabaseUnreachableError, withDatabase } from '../with-database.ts'
import type { CheckResult } from './check-result.ts'

type KeyConfig = Pick<Config, 'database' | 'identity' | 'analytics'>

/** Which keys stand for consumers and agents. */
export async function checkKeys(config: KeyConfig): Promise<CheckResult[]> {
  return [checkIdentityKey(config), ...(await checkAgents(config))]
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
