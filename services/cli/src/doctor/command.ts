import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleLines } from '@aftercall/runtime/text/visible-text'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { printJson } from '../terminal/print-json.ts'
import type { CheckResult } from './check-result.ts'

/** `aftercall doctor` */
export function addDoctorCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'doctor',
    'check configuration, database, queues, buckets, permissions and clocks; each finding with what to do',
    ['aftercall doctor', 'aftercall doctor --json'],
  )
    .addHelpText(
      'after',
      '\nExit code: 1 when a check is a PROBLEM, which loses or blocks data. A notice alone leaves it 0.',
    )
    .action(async (options: CommonOptions) => {
      const config = await requireConfig(context, options, ['database', 'queue', 'sources'])
      const [{ readMigrations }, { checkAll }] = await Promise.all([
        import('@aftercall/warehouse/schema/migrate'),
        import('./check-all.ts'),
      ])
      const results = await checkAll(config, await readMigrations(findMigrationsDir()), context.env)
      const text =
        options.json === true ? printJson(results, 2) : formatResults(results, context.program ?? 'aftercall')
      context.stdout.write(`${text}\n`)
      // What only deserves a look is no failure.
      if (results.some((one) => one.level === 'problem')) add.end(exitCodes.failed)
    })
}

const marks: Record<CheckResult['level'], string> = { ok: 'ok     ', notice: 'notice ', problem: 'PROBLEM' }

function formatResults(results: readonly CheckResult[], program: ProgramName): string {
  const width = Math.max(...results.map(({ check }) => check.length))
  return results.map((one) => formatResult(one, width, program)).join('\n')
}

function formatResult(
  { check, level, detail, fix, command }: CheckResult,
  checkWidth: number,
  program: ProgramName,
): string {
  const line = `${marks[level]}  ${check.padEnd(checkWidth)} ${asTyped(detail, program)}`
  const advice = [fix, command].filter((one) => one !== undefined)
  const lines = [
    line,
    ...advice.map((one) => `         ${' '.repeat(checkWidth)} -> ${asTyped(one, program)}`),
  ]
  return visibleLines(lines.join('\n'))
}
