import type { Texts } from '../texts/en.ts'

/** The action that does what a command does, for the button beside it. Null where workers cannot do it. */
export function actOfCommand(
  command: string,
): { label: keyof Texts['commandActs']; fields: Record<string, string> } | null {
  const [program, name = '', ...words] = command.split(' ')
  if (program !== 'aftercall') return null
  const options = readOptions(words)
  if (options === null) return null
  switch (`${name} ${Object.keys(options).sort().join(' ')}`.trim()) {
    case 'maintain':
      return { label: 'maintain', fields: { kind: 'maintain' } }
    case 'replay code rejected':
      return { label: 'replay', fields: { kind: 'replay', code: options.code ?? '' } }
    case 'replay code rejected source':
      return {
        label: 'replay',
        fields: { kind: 'replay', code: options.code ?? '', source: options.source ?? '' },
      }
    case 'reconcile source':
      return { label: 'reconcile', fields: { kind: 'reconcile', source: options.source ?? '' } }
    case 'reconcile fix source':
      return {
        label: 'reconcileAndFix',
        fields: { kind: 'reconcile', source: options.source ?? '', fix: 'on' },
      }
    case 'backfill resume':
      return { label: 'resume', fields: { kind: 'resume', run: options.resume ?? '' } }
    default:
      return null
  }
}

/** `--name value` and `--name`. Null for anything else. */
function readOptions(words: readonly string[]): Record<string, string> | null {
  const options: Record<string, string> = {}
  for (let at = 0; at < words.length; at += 1) {
    const [, name] = /^--([a-z-]+)$/.exec(words[at] ?? '') ?? []
    if (name === undefined) return null
    const next = words[at + 1]
    const hasValue = next !== undefined && !next.startsWith('--')
    options[name] = hasValue ? next : ''
    if (hasValue) at += 1
  }
  return options
}
