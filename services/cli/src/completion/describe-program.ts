import type { Command, Help, Option } from 'commander'

/** A command as completion needs it: `path` is empty for the program, and `rejections list` for a command of a command. */
export type DescribedCommand = {
  path: string
  commands: { name: string; description: string }[]
  options: DescribedOption[]
  /** What its arguments may be; undefined if that cannot be told, so that files are offered. */
  choices: string[] | undefined
  takesArguments: boolean
}

export type DescribedOption = {
  short: string | undefined
  long: string
  description: string
  value: 'none' | 'any' | { choices: string[] }
}

/** The program and all of its commands, as their help shows them. */
export function describeProgram(program: Command): DescribedCommand[] {
  const help = program.createHelp()
  return [describe(help, program, ''), ...describeBelow(help, program, '')]
}

function describeBelow(help: Help, parent: Command, above: string): DescribedCommand[] {
  return help.visibleCommands(parent).flatMap((command) => {
    const path = `${above} ${command.name()}`.trim()
    const described = describe(help, command, path)
    if (command.name() !== 'help') return [described, ...describeBelow(help, command, path)]
    const choices = help.visibleCommands(parent).map((one) => one.name())
    return { ...described, choices }
  })
}

function describe(help: Help, command: Command, path: string): DescribedCommand {
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  return {
    path,
    commands: help
      .visibleCommands(command)
      .map((one) => ({ name: one.name(), description: oneLine(one.description()) })),
    options: [...help.visibleOptions(command), ...globalOptions(help, command)].flatMap(describeOption),
    choices: choices.length === 0 ? undefined : choices,
    takesArguments: command.registeredArguments.length > 0,
  }
}

/** Those of the program that make sense after a command. */
function globalOptions(help: Help, command: Command): Option[] {
  return help.visibleGlobalOptions(command).filter(({ long }) => long !== '--version')
}

function describeOption({
  short,
  long,
  description,
  argChoices,
  required,
  optional,
}: Option): DescribedOption[] {
  if (long === undefined) return []
  const value = argChoices !== undefined ? { choices: argChoices } : required || optional ? 'any' : 'none'
  return [{ short, long, description: oneLine(description), value }]
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
