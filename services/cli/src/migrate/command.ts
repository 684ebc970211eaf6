import { formatTime } from '@aftercall/operator/format/time'
import { setAgentVisibility } from '@aftercall/warehouse/schema/agent-visibility'
import {
  type MigrationState,
  migrate,
  migrationStates,
  readMigrations,
} from '@aftercall/warehouse/schema/migrate'
import { readPublicRights } from '@aftercall/warehouse/schema/public-rights'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { formatJson } from '../terminal/format-json.ts'
import { refuseDatabase, withDatabase } from '../with-database.ts'

type Options = CommonOptions & { status?: boolean }

/** `aftercall migrate [--status]` */
export function addMigrateCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'migrate', 'apply pending database migrations; concurrent runs are safe', [
    'aftercall migrate',
    'aftercall migrate --status',
    'DATABASE_URL=postgres://localhost/contacts aftercall migrate',
  ])
    .option('--status', 'only list applied and pending migrations; exit code 1 if any are pending')
    .action(async (options: Options) => {
      const { database: config, analytics } = await requireConfig(context, options, ['database'])
      const migrations = await readMigrations(findMigrationsDir())
      // Migrating a large table can take hours.
      const withoutTimeout = { ...config, statementTimeoutSeconds: 86_400 }
      await withDatabase(withoutTimeout, async ({ db }) => {
        const applied = options.status === true ? [] : await migrate(db, migrations).catch(refuseDatabase)
        if (options.status !== true && analytics.agents !== undefined)
          await setAgentVisibility(db, analytics.agents)
        const states = await migrationStates(db, migrations)
        const toRevoke = (await readPublicRights(db)).statements
        const text =
          options.json === true
            ? formatJson({ applied, states, toRevoke })
            : formatMigrations(applied, states, options)
        context.stdout.write(`${text}\n`)
        if (toRevoke.length > 0 && options.status !== true) {
          context.stderr.write(
            `PUBLIC still has rights that only the owner of the database can revoke: ${toRevoke.join(' ')}\n`,
          )
        }
        if (states.some(({ state }) => state === 'pending' || state === 'changed')) add.end(exitCodes.failed)
      })
    })
}

function formatMigrations(applied: string[], states: MigrationState[], options: Options): string {
  if (options.status === true) {
    const width = Math.max(0, ...states.map(({ name }) => name.length))
    return states
      .map(({ name, state, appliedAt }) =>
        `${state.padEnd(8)} ${name.padEnd(width)}${appliedAt === null ? '' : `  ${formatTime(appliedAt)}`}`.trimEnd(),
      )
      .join('\n')
  }
  const newer = states.filter(({ state }) => state === 'unknown').map(({ name }) => name)
  return [
    ...applied.map((name) => `applied ${name}`),
    applied.length === 0
      ? `nothing to do: all ${states.length} migrations are applied`
      : `${applied.length} applied`,
    ...(newer.length === 0 ? [] : [`the database is ahead of this release: ${newer.join(', ')}`]),
  ].join('\n')
}
