import { asTyped } from '@aftercall/runtime/text/as-typed'
import { visibleLines } from '@aftercall/runtime/text/visible-text'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  exitCodes,
  requireConfig,
} from '../cli-context.ts'
import { findMigrationsDir } from '../migrations-dir.ts'
import { formatJson } from '../terminal/format-json.ts'
import { paint, type Style } from '../terminal/paint.ts'
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
      const text = options.json === true ? formatJson(results, 2) : formatResults(results, context)
      context.stdout.write(`${text}\n`)
      if (results.some(({ level }) => level === 'problem')) add.end(exitCodes.failed)
    })
}

const marks: Record<CheckResult['level'], string> = { ok: 'ok     ', notice: 'notice ', problem: 'PROBLEM' }

const styles: Record<CheckResult['level'], Style> = {
  ok: 'green',
  notice: 'yellow',
  problem: ['bold', 'red'],
}

function formatResults(results: readonly CheckResult[], context: CliContext): string {
  const width = Math.max(...results.map(({ check }) => check.length))
  return results.map((result) => formatResult(result, width, context)).join('\n')
}

function formatResult(
  { check, level, detail, fix, command }: CheckResult,
  checkWidth: number,
  context: CliContext,
): string {
  const { program = 'aftercall' } = context
  const advice = [fix, command].filter((text) => text !== undefined)
  const below = ' '.repeat(checkWidth + 10)
  const details = asTyped(detail, program).replaceAll(/\n {4}/g, `\n${below}  `)
  const lines = [
    `  ${check.padEnd(checkWidth)} ${details}`,
    ...advice.map((text) => `${below}-> ${asTyped(text, program)}`),
  ]
  return paint(context, 'stdout', styles[level], marks[level]) + visibleLines(lines.join('\n'))
}
