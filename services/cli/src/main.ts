import { asTyped } from '@aftercall/runtime/as-typed'
import { Command, CommanderError } from 'commander'
import { type CliContext, exitCodes, UsageError } from './cli-context.ts'
import { addBackfillCommand } from './commands/backfill.ts'
import { addConsoleCommand } from './commands/console.ts'
import { addDemoCommand } from './commands/demo.ts'
import { addDictionaryCommand } from './commands/dictionary.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addLoadCommand } from './commands/load.ts'
import { addMaintainCommand } from './commands/maintain.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addReconcileCommand } from './commands/reconcile.ts'
import { addRejectionsCommand } from './commands/rejections.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addSampleCommand } from './commands/sample.ts'
import { addSqlCommand } from './commands/sql.ts'
import { addWorkerCommand } from './commands/worker.ts'
import { describeFailure } from './describe-failure.ts'
import { useDemo } from './use-demo.ts'
import { versionAndCommit } from './version.ts'

/** The `aftercall` command. Returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 done in part. */
export async function main(args: string[], world: CliContext): Promise<number> {
  let exitCode: number = exitCodes.done
  const context = { ...world }
  const program = new Command('aftercall')
    .description('Keeps contact center session metadata files as clean, typed tables in Postgres.')
    .version(versionAndCommit, '--version', 'print the version and the commit it was built from')
    .helpOption('--help', 'show help with examples')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
  const end = (code: number): void => {
    exitCode = code
  }
  program.hook('preAction', async (_program, command) => {
    if (isConfigured(command)) context.env = await useDemo(context, command.opts())
  })
  const add = { program, context, end }
  addDemoCommand(add)
  addWorkerCommand(add)
  addConsoleCommand(add)
  addMigrateCommand(add)
  addBackfillCommand(add)
  addMaintainCommand(add)
  addSampleCommand(add)
  addLoadCommand(add)
  addReconcileCommand(add)
  addReplayCommand(add)
  addRejectionsCommand(add)
  addDoctorCommand(add)
  addExplainCommand(add)
  addSqlCommand(add)
  addDictionaryCommand(add)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage
    context.stderr.write(`${asTyped(describeFailure(error), context.program ?? 'aftercall')}\n`)
    return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed
  }
}

/** Whether it is for a command to use what is configured. Samples may go into a folder. */
function isConfigured(command: Command): boolean {
  if (command.name() === 'demo') return false
  return command.name() !== 'sample' || command.opts().to !== undefined
}
