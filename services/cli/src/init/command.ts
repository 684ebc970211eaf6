import { resolve } from 'node:path'
import {
  type AddCommand,
  addCommand,
  type CliContext,
  type CommonOptions,
  formatCommands,
  UsageError,
} from '../cli-context.ts'
import { formatJson } from '../terminal/format-json.ts'
import { shellQuote } from './aws-setup-script.ts'
import { readSecrets } from './env-file.ts'
import type { TypedAnswers } from './init-answers.ts'
import { initFiles } from './init-files.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { listQuestions } from './questions.ts'
import { readAnswers } from './read-answers.ts'
import { readEarlierEnv, requireNoFiles, writeInitFiles } from './write-init-files.ts'

type Options = CommonOptions & TypedAnswers & { yes?: boolean; force?: boolean }

/** `aftercall init [FOLDER]` */
export function addInitCommand(add: AddCommand): void {
  const { context } = add
  const command = addCommand(
    add,
    'init [folder]',
    'write configuration, AWS set-up, rights and logins for your own bucket',
    [
      'aftercall init acme',
      'aftercall init acme --source acme --bucket acme-session-files --prefix metadata/ \\',
      '    --region eu-west-1 --database db.example.com:5432/aftercall --yes',
    ],
  )
  for (const { flag, text, byDefault } of listQuestions(context.env))
    command.option(flag, byDefault ? `${text} (default: ${byDefault})` : text)
  command
    .option('--yes', 'ask nothing: options that are left out have their defaults')
    .option('--force', 'write files again that are there; secrets in aftercall.env stay')
    .addHelpText(
      'after',
      '\nOn a terminal it asks for what is left out. It changes nothing but files in the folder (default: this one).',
    )
    .action(async (folder: string | undefined, options: Options) => {
      const place = folder ?? '.'
      if (options.config !== undefined)
        throw new UsageError('init writes the configuration: name its folder, not --config')
      if (options.force !== true) requireNoFiles(place)
      const answers = await readAnswers(context, options, { yes: options.yes === true })
      const files = initFiles(answers, readSecrets(await readEarlierEnv(place)))
      await writeInitFiles(place, files)
      const names = files.map(({ name }) => name)
      const steps = nextSteps(answers)
      context.stdout.write(
        options.json === true
          ? `${formatJson({ folder: resolve(place), files: names, next: steps })}\n`
          : printWritten(context, { place, names, steps }),
      )
    })
}

function printWritten(
  context: CliContext,
  { place, names, steps }: { place: string; names: string[]; steps: NextStep[] },
): string {
  const enter = place === '.' ? [] : [{ what: 'Enter the folder.', command: `cd ${shellQuote(place)}` }]
  const lines = [...enter, ...steps].flatMap(({ what, command }, at) => [
    `${at + 1}. ${what}`,
    `     ${command}`,
  ])
  const text = [
    `Wrote ${names.join(', ')} into ${resolve(place)}.`,
    'Only aftercall.env has secrets. Look at aftercall.yaml, then:',
    '',
    ...lines,
    '',
  ].join('\n')
  return formatCommands(context, text, {})
}
