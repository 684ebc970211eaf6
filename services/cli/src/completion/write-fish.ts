import type { DescribedCommand, DescribedOption } from './describe-program.ts'

/** A script for fish: `aftercall completion fish | source`. */
export function writeFish(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap((command) => linesOf(command, commands))
  return `# Completion of aftercall for fish.
complete -c aftercall -f
${lines.join('\n')}
`
}

function linesOf(command: DescribedCommand, all: readonly DescribedCommand[]): string[] {
  const when = `complete -c aftercall -n ${quote(conditionOf(command, all))}`
  const choices = command.choices === undefined ? [] : [`${when} -a ${quote(command.choices.join(' '))}`]
  const files = command.takesArguments && command.choices === undefined ? [`${when} -F`] : []
  return [
    ...command.commands.map(({ name, description }) => `${when} -a ${name} -d ${quote(description)}`),
    ...choices,
    ...files,
    ...command.options.map((option) => `${when} ${flagsOf(option)}`),
  ]
}

/** Below a command with commands of its own, both names must be seen; at it, none of those. */
function conditionOf({ path, commands }: DescribedCommand, all: readonly DescribedCommand[]): string {
  const names = path === '' ? [] : path.split(' ')
  const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`)
  const below = commands.length === 0 ? [] : commands.map(({ name }) => name)
  const top = all.find((one) => one.path === '')?.commands.map(({ name }) => name) ?? []
  // A name that is an argument of another command, as in help sql, must not count.
  const others = names[0] === undefined || names[0] === 'help' ? [] : top.includes('help') ? ['help'] : []
  const unseen = [...below, ...others]
  const not = unseen.length === 0 ? [] : [`not __fish_seen_subcommand_from ${unseen.join(' ')}`]
  return [...seen, ...not].join('; and ')
}

function flagsOf({ short, long, description, value }: DescribedOption): string {
  const flags = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`]
  const values =
    value === 'none' ? [] : value === 'any' ? ['-r -F'] : [`-x -a ${quote(value.choices.join(' '))}`]
  return [...flags, ...values, `-d ${quote(description)}`].join(' ')
}

/** In single quotes, fish reads only \\\\ and \\'. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (found) => `\\${found}`)}'`
}
