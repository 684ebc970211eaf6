import type { DescribedCommand, DescribedOption } from './describe-program.ts'

/** A script for zsh: sourced after compinit, or as the file `_aftercall` in a folder of `fpath`. */
export function writeZsh(commands: readonly DescribedCommand[]): string {
  return `#compdef aftercall
# Completion of aftercall for zsh.
_aftercall() {
  local word at= before=$words[CURRENT-1]
  local -a names flags values
  local files=
  for word in \${words[2,CURRENT-1]}; do
    case "$at/$word" in
${commands.flatMap(({ path }) => (path === '' ? [] : `      (/${path.replaceAll(' ', '/')}) at=$at/$word ;;`)).join('\n')}
    esac
  done
  case "$at" in
${commands.map(caseOf).join('\n')}
  esac
  if (( $#values )); then compadd -a values
  elif (( $#flags )) && [[ $PREFIX == -* ]]; then _describe -o option flags
  else
    (( $#names )) && _describe command names
    [[ -n $files ]] && _files
  fi
  return 0
}
if [[ "$funcstack[1]" == _aftercall ]]; then _aftercall "$@"; else compdef _aftercall aftercall; fi
`
}

function caseOf({ path, commands, options, choices, takesArguments }: DescribedCommand): string {
  const names = [
    ...commands.map(({ name, description }) => item(name, description)),
    ...(choices ?? []).map(quote),
  ]
  const flags = options.flatMap(({ short, long, description }) =>
    [short, long].flatMap((flag) => (flag === undefined ? [] : item(flag, description))),
  )
  const offersFiles = takesArguments && choices === undefined
  const at = path === '' ? "''" : `/${path.replaceAll(' ', '/')}`
  return `    (${at})
      case "$before" in
${[...options.flatMap(valuesOf), `        (*) names=(${names.join(' ')}) flags=(${flags.join(' ')})${offersFiles ? ' files=yes' : ''} ;;`].join('\n')}
      esac ;;`
}

function valuesOf({ short, long, value }: DescribedOption): string[] {
  if (value === 'none') return []
  const pattern = short === undefined ? long : `${short}|${long}`
  return [
    `        (${pattern}) ${value === 'any' ? 'files=yes' : `values=(${value.choices.map(quote).join(' ')})`} ;;`,
  ]
}

/** `name:description`, in which a colon of the name would end it. */
function item(name: string, description: string): string {
  return quote(`${name.replaceAll(':', '\\:')}:${description}`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
