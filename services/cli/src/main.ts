import { styleText } from 'node:util'
import { asTyped } from '@aftercall/runtime/text/as-typed'
import { Command, CommanderError } from 'commander'
import { addBackfillCommand } from './backfill/command.ts'
import { addBackfillWorkerCommand } from './backfill/workers/command.ts'
import { workerCommand } from './backfill/workers/worker-messages.ts'
import { type AddCommand, type CliContext, examplesTitle, exitCodes, UsageError } from './cli-context.ts'
import { addCompletionCommand, completionCommand } from './completion/command.ts'
import { addConsoleCommand } from './console/command.ts'
import { addDemoCommand } from './demo/command.ts'
import { useDemo } from './demo/use-demo.ts'
import { addDictionaryCommand } from './dictionary/command.ts'
import { addDoctorCommand } from './doctor/command.ts'
import { addDocumentCommand } from './document/command.ts'
import { addEraseCommand } from './erase/command.ts'
import { addExplainCommand } from './explain/command.ts'
import { addExportCommand } from './export/command.ts'
import { addInitCommand } from './init/command.ts'
import { addLoadCommand } from './load/command.ts'
import { addMaintainCommand } from './maintain/command.ts'
import { addMigrateCommand } from './migrate/command.ts'
import { addPublishCommand } from './publish/command.ts'
import { addReconcileCommand } from './reconcile/command.ts'
import { addRejectionsCommand } from './rejections/command.ts'
import { addReplayCommand } from './replay/command.ts'
import { addRollupCommand } from './rollup/command.ts'
import { addSampleCommand } from './sample/command.ts'
import { addSqlCommand } from './sql/command.ts'
import { addSubjectAccessCommand } from './subject-access/command.ts'
import { describeFailure } from './terminal/describe-failure.ts'
import { paintError, showsColors } from './terminal/paint.ts'
import { versionAndCommit } from './version.ts'
import { addWorkerCommand } from './worker/command.ts'

const helpAfter = `
${examplesTitle}
  aftercall demo
  aftercall load ./files --source acme
  aftercall explain acme/call/1418

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but some objects were rejected or are missing, or a check
found a difference.
For the options and examples of a command, here load: aftercall help load`

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
  if (args.includes('--no-color')) commandContext.env = { ...context.env, NO_COLOR: '1' }
  const { program: programName = 'aftercall' } = context
  const program = createProgram(commandContext)
  const end = (code: number): void => {
    exitCode = code
  }
  program.hook('preAction', async (_program, command) => {
    if (!isConfigured(command)) return
    const needsOwner = ownersCommands.includes(command.name())
    commandContext.env = await useDemo(commandContext, command.opts(), { needsOwner })
  })
  addCommands({ program, context: commandContext, end })
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage
    context.stderr.write(`${paintError(commandContext, asTyped(describeFailure(error), programName))}\n`)
    return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed
  }
}

const helpGroup = 'Help:'

function createProgram(context: CliContext): Command {
  const { stdout, stderr, program: programName = 'aftercall' } = context
  return new Command('aftercall')
    .description('Keeps contact center session metadata files as clean, typed tables in Postgres.')
    .version(versionAndCommit, '-V, --version', 'print the version and the commit it was built from')
    .option('--no-color', 'print without colors, as with NO_COLOR in the environment')
    .helpOption('-h, --help', 'show help with examples')
    .addHelpCommand(
      new Command('help').argument('[command]').description('show help for a command').helpGroup(helpGroup),
    )
    .addHelpText('after', asTyped(helpAfter, programName))
    .showHelpAfterError(asTyped('For all commands: aftercall --help', programName))
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => styleText('bold', title, { validateStream: false }),
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(paintError(context, text)),
      // Without colors, commander removes those of the titles.
      getOutHasColors: () => showsColors(context, 'stdout'),
      getErrHasColors: () => showsColors(context, 'stderr'),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
}

/** In the groups and the order of the help: what is used first, and most, comes first. */
function addCommands(add: AddCommand): void {
  const { program } = add
  program.commandsGroup('Run:')
  addDemoCommand(add)
  addInitCommand(add)
  addMigrateCommand(add)
  addWorkerCommand(add)
  addConsoleCommand(add)
  program.commandsGroup('Load:')
  addLoadCommand(add)
  addBackfillCommand(add)
  addBackfillWorkerCommand(add)
  addReconcileCommand(add)
  addReplayCommand(add)
  addSampleCommand(add)
  program.commandsGroup('Look:')
  addDoctorCommand(add)
  addExplainCommand(add)
  addDocumentCommand(add)
  addRejectionsCommand(add)
  addSqlCommand(add)
  addExportCommand(add)
  addPublishCommand(add)
  addDictionaryCommand(add)
  program.commandsGroup('Look after:')
  addMaintainCommand(add)
  addRollupCommand(add)
  addEraseCommand(add)
  addSubjectAccessCommand(add)
  program.commandsGroup(helpGroup)
  addCompletionCommand(add)
}

/** Whether the command reads the configuration. `sample` does so only to upload; a worker gets it from its parent. */
/** They read and change all that is stored about a person, for which only the owner of the tables has the rights. */
const ownersCommands = ['erase', 'subject-access']

function isConfigured(command: Command): boolean {
  if (['demo', 'init', completionCommand, workerCommand].includes(command.name())) return false
  return command.name() !== 'sample' || command.opts().to !== undefined
}
