import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import type { Finding } from '../doctor/finding.ts'
import { findMigrationsDir } from '../migrations-dir.ts'

/** `aftercall doctor` */
export function addDoctorCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'doctor',
    'check configuration, database, migrations, access, partitions, schema drift and queues',
    ['aftercall doctor', 'aftercall doctor --json'],
  ).action(async (options: CommonOptions) => {
    const config = await requireConfig(context, options, ['database', 'queue', 'sources'])
    const { readMigrations } = await import('@aftercall/warehouse/migrate')
    const { checkDatabase } = await import('../doctor/check-database.ts')
    const { checkAccess } = await import('../doctor/check-access.ts')
    const { checkQueue } = await import('../doctor/check-queue.ts')
    const sources = config.sources.map((one) => `${one.name} = s3://${one.bucket}/${one.prefix}`).join(', ')
    const { live, backfill } = config.queues
    const findings: Finding[] = [
      { check: 'configuration', level: 'ok', detail: sources },
      ...(await checkDatabase(config.database, await readMigrations(findMigrationsDir()))),
      ...(await checkAccess(config.database)),
      ...(live === undefined ? [] : await checkQueue('live', live, context.env)),
      ...(backfill === undefined ? [] : await checkQueue('backfill', backfill, context.env)),
    ]
    const text = options.json === true ? JSON.stringify(findings, null, 2) : findings.map(tell).join('\n')
    context.stdout.write(`${text}\n`)
    if (findings.some((one) => one.level === 'problem')) add.end(exitCodes.failed)
  })
}

const marks: Record<Finding['level'], string> = { ok: 'ok     ', notice: 'notice ', problem: 'PROBLEM' }

function tell({ check, level, detail, fix }: Finding): string {
  const line = `${marks[level]}  ${check.padEnd(18)} ${detail}`
  return fix === undefined ? line : `${line}\n         ${' '.repeat(18)} -> ${fix}`
}
