import { asTyped } from '@aftercall/runtime/text/as-typed'
import { Command, CommanderError } from 'commander'
import { addBackfillCommand } from './backfill/command.ts'
import { addBackfillWorkerCommand } from './backfill/workers/command.ts'
import { workerCommand } from './backfill/workers/worker-messages.ts'
import { type CliContext, exitCodes, UsageError } from './cli-context.ts'
import { addConsoleCommand } from './console/command.ts'
import { addDemoCommand } from './demo/command.ts'
import { useDemo } from './demo/use-demo.ts'
import { addDictionaryCommand } from './dictionary/command.ts'
import { addDoctorCommand } from './doctor/command.ts'
import { addExplainCommand } from './explain/command.ts'
import { addExportCommand } from './export/command.ts'
import { addInitCommand } from './init/command.ts'
import { addLoadCommand } from './load/command.ts'
import { addMaintainCommand } from './maintain/command.ts'
import { addMigrateCommand } from './migrate/command.ts'
import { addReconcileCommand } from './reconcile/command.ts'
import { addRejectionsCommand } from './rejections/command.ts'
import { addReplayCommand } from './replay/command.ts'
import { addSampleCommand } from './sample/command.ts'
import { addSqlCommand } from './sql/command.ts'
import { describeFailure } from './terminal/describe-failure.ts'
import { versionAndCommit } from './version.ts'
import { addWorkerCommand } from './worker/command.ts'

const helpAfter = `
Examples:
  aftercall demo
  aftercall load ./files --source acme
  aftercall explain acme/call/1418

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but some objects were rejected or are missing.
For the options and examples of a command, here load: aftercall load --help`

/**
 * The `aftercall` command. Returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 done in part.
 *
 * Each command has a folder. `command.ts` has its options and help; `parse-options.ts` turns the options into a request;
 * `open-*.ts` opens clients and database; `perform-*.ts` does the work, and is imported only when the command runs;
 * `print-*.ts` words the output; `show-progress.ts` draws the progress line. `arguments/` and `terminal/` are shared.
 */
export async function main(args: string[], context: CliContext): Promise<number> {
  let exitCode: number = exitCodes.done
  const commandContext = { ...context }
  const { program: programName = 'aftercall' } = context
  const program = new Command('aftercall')
    .description('Keeps contact center session metadata files as clean, typed tables in Postgres.')
    .version(versionAndCommit, '--version', 'print the version and the commit it was built from')
    .helpOption('--help', 'show help with examples')
    .helpCommand(false)
    .addHelpText('after', asTyped(helpAfter, programName))
    .showHelpAfterError(asTyped('For all commands: aftercall --help', programName))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    })
  const end = (code: number): void => {
    exitCode = code
  }
  program.hook('preAction', async (_program, command) => {
    if (isConfigured(command)) commandContext.env = await useDemo(commandContext, command.opts())
  })
  const add = { program, context: commandContext, end }
  // In this order in the help: what is used first, and most, comes first.
  addDemoCommand(add)
  addInitCommand(add)
  addMigrateCommand(add)
  addWorkerCommand(add)
  addConsoleCommand(add)
  addDoctorCommand(add)
  addLoadCommand(add)
  addSampleCommand(add)
  addBackfillCommand(add)
  addBackfillWorkerCommand(add)
  addReconcileCommand(add)
  addExplainCommand(add)
  addRejectionsCommand(add)
  addReplayCommand(add)
  addSqlCommand(add)
  addExportCommand(add)
  addDictionaryCommand(add)
  addMaintainCommand(add)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage
    context.stderr.write(`${asTyped(describeFailure(error), programName)}\n`)
    return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed
  }
}

/** Whether the command reads the configuration. `sample` does so only to upload; a worker gets it from its parent. */
function isConfigured(command: Command): boolean {
  if (['demo', 'init', workerCommand].includes(command.name())) return false
  return command.name() !== 'sample' || command.opts().to !== undefined
}
