import type { DescribedCommand } from './describe-program.ts'

/** A script for bash: `source <(aftercall completion bash)`. */
export function writeBash(commands: readonly DescribedCommand[]): string {
  return `# Completion of aftercall for bash.
_aftercall() {
  local word at= current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= files=
  # Bash takes the = of --option=value for a word of its own.
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at/$word" in
${commands.flatMap(({ path }) => (path === '' ? [] : `      /${path.replaceAll(' ', '/')}) at=$at/$word ;;`)).join('\n')}
    esac
  done
  case "$at" in
${commands.map(caseOf).join('\n')}
  esac
  [[ -n $files && $current != -* ]] && compopt -o filenames
  COMPREPLY=($(compgen $files -W "$words" -- "$current"))
}
complete -F _aftercall aftercall
`
}

function caseOf(command: DescribedCommand): string {
  const { path, commands, options, choices, takesArguments } = command
  const flags = options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]))
  const names = [...commands.map(({ name }) => name), ...(choices ?? [])]
  const offersFiles = takesArguments && choices === undefined
  const values = options.flatMap(({ short, long, value }) => {
    if (value === 'none') return []
    const pattern = short === undefined ? long : `${short}|${long}`
    const then = value === 'any' ? 'files=-f' : `words=${quote(value.choices.join(' '))}`
    return `        ${pattern}) ${then} ;;`
  })
  const own = [
    `if [[ $current == -* ]]; then words=${quote(flags.join(' '))}`,
    `else words=${quote(names.join(' '))}${offersFiles ? ' files=-f' : ''}; fi`,
  ].join('; ')
  const at = path === '' ? "''" : `/${path.replaceAll(' ', '/')}`
  return `    ${at})
      case "$before" in
${[...values, `        *) ${own} ;;`].join('\n')}
      esac ;;`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
