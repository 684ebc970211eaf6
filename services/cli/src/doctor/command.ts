import { asTyped, type ProgramName } from '@aftercall/runtime/text/as-typed'
import { visibleLines } from '@aftercall/runtime/text/visible-text'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, requireConfig } from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { formatJson } from '../terminal/format-json.ts'
import type { CheckResult } from './check-result.ts'

/** `aftercall doctor` */
export function addDoctorCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'doctor',
    'check configuration, database, queues, buckets, permissions and clocks, and say how to fix each problem',
    ['aftercall doctor', 'aftercall doctor --json'],
  )
    .addHelpText(
      'after',
      '\nExit code: 1 when a check finds a PROBLEM, which loses or blocks data; 0 when there are only notices.',
    )
    .action(async (options: CommonOptions) => {
      const config = await requireConfig(context, options, ['database', 'queue', 'sources'])
      const [{ readMigrations }, { checkAll }] = await Promise.all([
        import('@aftercall/warehouse/schema/migrate'),
        import('./check-all.ts'),
      ])
      const results = await checkAll(config, await readMigrations(findMigrationsDir()), context.env)
      const text =
        options.json === true
          ? formatJson(results, 2)
          : formatResults(results, context.program ?? 'aftercall')
      context.stdout.write(`${text}\n`)
      if (results.some(({ level }) => level === 'problem')) add.end(exitCodes.failed)
    })
}

const marks: Record<CheckResult['level'], string> = { ok: 'ok     ', notice: 'notice ', problem: 'PROBLEM' }

function formatResults(results: readonly CheckResult[], program: ProgramName): string {
  const width = Math.max(...results.map(({ check }) => check.length))
  return results.map((result) => formatResult(result, width, program)).join('\n')
}

function formatResult(
  { check, level, detail, fix, command }: CheckResult,
  checkWidth: number,
  program: ProgramName,
): string {
  const advice = [fix, command].filter((text) => text !== undefined)
  const lines = [
    `${marks[level]}  ${check.padEnd(checkWidth)} ${asTyped(detail, program)}`,
    ...advice.map((text) => `         ${' '.repeat(checkWidth)} -> ${asTyped(text, program)}`),
  ]
  return visibleLines(lines.join('\n'))
}
