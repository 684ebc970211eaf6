import { styleText } from 'node:util'
import { asTyped } from '@aftercall/runtime/text/as-typed'
import { Command, CommanderError } from 'commander'
import { workerCommand } from './backfill/workers/worker-messages.ts'
import { type AddCommand, type CliContext, examplesTitle, exitCodes, UsageError } from './cli-context.ts'
import { addCompletionCommand, completionCommand } from './completion/command.ts'
import { useDemo } from './demo/use-demo.ts'
import { describeFailure } from './terminal/describe-failure.ts'
import { paintError, showsColors } from './terminal/paint.ts'
import { versionAndCommit } from './version.ts'

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
  await addCommands({ program, context: commandContext, end }, args)
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

type Import = () => Promise<(add: AddCommand) => void>

/** In the groups and the order of the help: what is used first, and most, comes first. */
const groups: Record<string, Record<string, Import>> = {
  'Run:': {
    demo: async () => (await import('./demo/command.ts')).addDemoCommand,
    init: async () => (await import('./init/command.ts')).addInitCommand,
    migrate: async () => (await import('./migrate/command.ts')).addMigrateCommand,
    worker: async () => (await import('./worker/command.ts')).addWorkerCommand,
    console: async () => (await import('./console/command.ts')).addConsoleCommand,
  },
  'Load:': {
    load: async () => (await import('./load/command.ts')).addLoadCommand,
    backfill: async () => (await import('./backfill/command.ts')).addBackfillCommand,
    [workerCommand]: async () => (await import('./backfill/workers/command.ts')).addBackfillWorkerCommand,
    reconcile: async () => (await import('./reconcile/command.ts')).addReconcileCommand,
    replay: async () => (await import('./replay/command.ts')).addReplayCommand,
    sample: async () => (await import('./sample/command.ts')).addSampleCommand,
  },
  'Look:': {
    doctor: async () => (await import('./doctor/command.ts')).addDoctorCommand,
    explain: async () => (await import('./explain/command.ts')).addExplainCommand,
    document: async () => (await import('./document/command.ts')).addDocumentCommand,
    rejections: async () => (await import('./rejections/command.ts')).addRejectionsCommand,
    sql: async () => (await import('./sql/command.ts')).addSqlCommand,
    export: async () => (await import('./export/command.ts')).addExportCommand,
    publish: async () => (await import('./publish/command.ts')).addPublishCommand,
    dictionary: async () => (await import('./dictionary/command.ts')).addDictionaryCommand,
  },
  'Look after:': {
    maintain: async () => (await import('./maintain/command.ts')).addMaintainCommand,
    rollup: async () => (await import('./rollup/command.ts')).addRollupCommand,
    erase: async () => (await import('./erase/command.ts')).addEraseCommand,
    'subject-access': async () => (await import('./subject-access/command.ts')).addSubjectAccessCommand,
  },
  [helpGroup]: {
    [completionCommand]: async () => addCompletionCommand,
  },
}

/**
 * Adds the command that the arguments name, or all of them for help, for completion, and for a name that none of them has.
 * Importing all takes several times as long as importing one.
 */
async function addCommands(add: AddCommand, args: readonly string[]): Promise<void> {
  const named = args.find((arg) => !arg.startsWith('-'))
  const all = Object.entries(groups)
  const isOne = named !== undefined && named !== completionCommand
  const one = all.filter(([, commands]) => isOne && Object.hasOwn(commands, named))
  for (const [group, commands] of one.length === 0 ? all : one) {
    add.program.commandsGroup(group)
    const names = one.length === 0 ? Object.keys(commands) : [named ?? '']
    for (const name of names) (await commands[name]?.())?.(add)
  }
}

/** They read and change all that is stored about a person, for which only the owner of the tables has the rights. */
const ownersCommands = ['erase', 'subject-access']

/** Whether the command reads the configuration. `sample` does so only to upload; a worker gets it from its parent. */
function isConfigured(command: Command): boolean {
  if (['demo', 'init', completionCommand, workerCommand].includes(command.name())) return false
  return command.name() !== 'sample' || command.opts().to !== undefined
}
