import {
  type MigrationState,
  migrate,
  migrationStates,
  readMigrations,
} from '@aftercall/warehouse/schema/migrate'
import { readPublicRights } from '@aftercall/warehouse/schema/public-rights'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { printJson } from '../terminal/print-json.ts'
import { refuseDatabase, withDatabase } from '../with-database.ts'

type Options = CommonOptions & { status?: boolean }

/** `aftercall migrate [--status]` */
export function addMigrateCommand(add: AddCommand): void {
  const { context } = add
  addCommand(add, 'migrate', 'apply pending database migrations; safe to start twice at once', [
    'aftercall migrate',
    'aftercall migrate --status',
    'DATABASE_URL=postgres://localhost/contacts aftercall migrate',
  ])
    .option('--status', 'only show what is applied and what is pending; exit code 1 if anything is pending')
    .action(async (options: Options) => {
      const { database: config } = await requireConfig(context, options, ['database'])
      const migrations = await readMigrations(findMigrationsDir())
      // A migration of a large table takes as long as it takes.
      const patient = { ...config, statementTimeoutSeconds: 86_400 }
      await withDatabase(patient, async ({ db }) => {
        const applied = options.status === true ? [] : await migrate(db, migrations).catch(refuseDatabase)
        const states = await migrationStates(db, migrations)
        const toRevoke = (await readPublicRights(db)).statements
        const text =
          options.json === true
            ? printJson({ applied, states, toRevoke })
            : describe(applied, states, options)
        context.stdout.write(`${text}\n`)
        if (toRevoke.length > 0 && options.status !== true) {
          context.stderr.write(
            `PUBLIC keeps rights that only the owner of the database can revoke: ${toRevoke.join(' ')}\n`,
          )
        }
        if (states.some((one) => one.state === 'pending' || one.state === 'changed'))
          add.end(exitCodes.failed)
      })
    })
}

function describe(applied: string[], states: MigrationState[], options: Options): string {
  if (options.status === true) {
    return states
      .map(
        ({ name, state, appliedAt }) =>
          `${state.padEnd(8)} ${name}${appliedAt === null ? '' : `  ${appliedAt.toISOString()}`}`,
      )
      .join('\n')
  }
  const newer = states.filter((one) => one.state === 'unknown').map((one) => one.name)
  return [
    ...applied.map((name) => `applied ${name}`),
    applied.length === 0
      ? `nothing to do: ${states.length} migrations are applied`
      : `${applied.length} applied`,
    ...(newer.length === 0 ? [] : [`the database is ahead of this release: ${newer.join(', ')}`]),
  ].join('\n')
}
