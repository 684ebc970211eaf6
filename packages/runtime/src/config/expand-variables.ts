export type Environment = Readonly<Record<string, string | undefined>>

export type ValuePath = readonly (string | number)[]

export type Expansion = {
  /** The same tree with every variable replaced. A scalar with a problem is null. */
  value: unknown
  /** What could not be replaced, and why. Contains no text of the scalar or of a variable. */
  problems: { path: ValuePath; message: string }[]
}

/** The type of the scalar at a path. Variables are always text. */
export type TypeAt = (path: ValuePath) => unknown

/**
 * Replaces `${NAME}` and `${NAME:-default}` in the string scalars of parsed YAML, but not in keys. The default applies if
 * the variable is unset or empty. `$${` is a literal `${`. The value of a variable is neither expanded again nor parsed as
 * YAML. Keys without a value are dropped.
 */
export function expandVariables(tree: unknown, env: Environment, typeAt: TypeAt): Expansion {
  const problems: Expansion['problems'] = []
  return { value: expand(tree, []), problems }

  function expand(value: unknown, path: ValuePath): unknown {
    if (typeof value === 'string') return expandScalar(value, path)
    if (Array.isArray(value)) return value.map((entry, position) => expand(entry, [...path, position]))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([, entry]) => entry !== null)
    return Object.fromEntries(entries.map(([key, entry]) => [key, expand(entry, [...path, key])]))
  }

  function expandScalar(text: string, path: ValuePath): unknown {
    const { expanded, messages } = expandText(text, env)
    for (const message of messages) problems.push({ path, message })
    if (messages.length > 0) return null
    return expanded === text ? text : coerce(expanded, typeAt(path))
  }
}

/** An unclosed variable extends to the end of the text. Otherwise each `${` would scan the rest of the text again. */
const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?(\}|$)|\$\{/g

function expandText(text: string, env: Environment): { expanded: string; messages: string[] } {
  const messages: string[] = []
  const expanded = text.replace(
    reference,
    (match: string, name?: string, fallback?: string, end?: string) => {
      if (match === '$${') return '${'
      if (name === undefined || end === '') {
        messages.push(
          `contains \${ without a valid variable: write \${NAME} or \${NAME:-default}, or $\${ for a literal \${`,
        )
        return ''
      }
      if (fallback?.includes('${')) {
        messages.push(
          `has a variable in the default of ${name}, which is not supported: write a plain default`,
        )
        return ''
      }
      const found = Object.hasOwn(env, name) ? env[name] : undefined
      if (fallback !== undefined) return found || fallback
      if (found === undefined) messages.push(`${name} is not set`)
      return found ?? ''
    },
  )
  return { expanded, messages: [...new Set(messages)] }
}

/** Text that does not fit its type stays text, and the schema refuses it. */
function coerce(text: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
