import { Argument } from 'commander'
import { type AddCommand, addCommand } from '../cli-context.ts'
import { type DescribedCommand, describeProgram } from './describe-program.ts'
import { writeBash } from './write-bash.ts'
import { writeFish } from './write-fish.ts'
import { writeZsh } from './write-zsh.ts'

export const completionCommand = 'completion'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

const writers: Record<Shell, (commands: readonly DescribedCommand[]) => string> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
}

/** `aftercall completion bash | zsh | fish` */
export function addCompletionCommand(add: AddCommand): void {
  const { program, context } = add
  addCommand(add, completionCommand, 'print a script that completes commands and options in a shell', [
    'source <(aftercall completion bash)                          # now; in ~/.bashrc, from then on',
    'source <(aftercall completion zsh)                           # in ~/.zshrc, after compinit',
    'aftercall completion fish > ~/.config/fish/completions/aftercall.fish',
  ])
    .addHelpText(
      'after',
      '\nIt completes the word aftercall. In a checkout, first: alias aftercall="npx aftercall"',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell) => {
      context.stdout.write(writers[shell](describeProgram(program)))
    })
}
