import type { DatabaseConfig } from '@aftercall/runtime/config/config'
import { describeError } from '@aftercall/runtime/text/describe-error'
import type { Database } from '@aftercall/warehouse/connection/database'
import {
  describeMissing,
  loaderGrant,
  type Roles,
  readAccess,
  readRoles,
  rolesStillToDo,
} from '@aftercall/warehouse/schema/access'
import { type PublicRights, readPublicRights } from '@aftercall/warehouse/schema/public-rights'
import { type ReaderRisk, readReaderRisks } from '@aftercall/warehouse/schema/reader-rights'
import { DatabaseUnreachableError, withDatabase } from '../with-database.ts'
import type { CheckResult } from './check-result.ts'

/** Which user this is, what it may do, and whether the roles exist. Empty if the database is unreachable. */
export async function checkAccess(config: DatabaseConfig): Promise<CheckResult[]> {
  try {
    return await withDatabase(config, async ({ db }) => {
      const roles = await readRoles(db)
      // Before the first migration there is nothing to have rights on.
      if (roles.owner === null) return []
      return [
        await checkUser(db, config),
        checkRoles(roles),
        checkReaders(await readReaderRisks(db)),
        checkPublic(await readPublicRights(db)),
      ]
    })
  } catch (error) {
    // The check of the database reports an unreachable one.
    if (error instanceof DatabaseUnreachableError) return []
    return [
      { check: 'database user', level: 'problem', detail: describeError(error), fix: 'see docs/access.md' },
    ]
  }
}

async function checkUser(db: Database, { allowSuperuser }: DatabaseConfig): Promise<CheckResult> {
  const { user, isSuperuser, lacks, isEncrypted } = await readAccess(db)
  const check = 'database user'
  const connection = isEncrypted ? 'encrypted' : 'not encrypted'
  if (isSuperuser) {
    const level = allowSuperuser === true ? 'notice' : 'problem'
    const detail = `"${user}" is a superuser (${connection})`
    return { check, level, detail, fix: 'create a login with the role aftercall_loader: docs/access.md' }
  }
  if (lacks.length > 0) {
    return { check, level: 'problem', detail: `"${user}" ${describeMissing(lacks)}`, fix: loaderGrant(user) }
  }
  return { check, level: 'ok', detail: `"${user}" has the rights to load (${connection})` }
}

function checkRoles(roles: Roles): CheckResult {
  const toDo = rolesStillToDo(roles)
  if (toDo.length === 0) return { check: 'roles', level: 'ok', detail: 'aftercall_owner owns the tables' }
  const detail = [
    ...roles.missing.map((role) => `${role} does not exist`),
    ...roles.withoutGrants.map((role) => `${role} has no rights in this database`),
    ...(roles.owner === 'aftercall_owner' ? [] : [`"${roles.owner}" owns the tables`]),
  ].join(', ')
  const fix = toDo.map(({ by, statements }) => `as ${by}: ${statements.join(' ')}`).join(' then ')
  return { check: 'roles', level: 'notice', detail, fix }
}

const risksShown = 5

/** Readers of analytics must find no person there, also after a grant or a view by hand. */
function checkReaders(risks: readonly ReaderRisk[]): CheckResult {
  const check = 'rights of analysts'
  if (risks.length === 0) return { check, level: 'ok', detail: 'analytics, and no personal data' }
  const shown = risks.slice(0, risksShown).map(({ risk }) => risk)
  const more = risks.length - shown.length
  const detail = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
  const fixes = new Set(risks.map(({ fix }) => fix))
  return { check, level: 'problem', detail, fix: `as the owner of the tables: ${[...fixes].join(' ')}` }
}

/** Every login has the rights of PUBLIC, and none of our logins needs them. */
function checkPublic({ statements }: PublicRights): CheckResult {
  const check = 'rights of PUBLIC'
  if (statements.length === 0) return { check, level: 'ok', detail: 'none that a login could misuse' }
  const detail = 'every login may create objects in this database, at least temporary ones'
  return { check, level: 'notice', detail, fix: `as the owner of the database: ${statements.join(' ')}` }
}
