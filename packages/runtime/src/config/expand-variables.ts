export type Environment = Readonly<Record<string, string | undefined>>

export type ValuePath = readonly (string | number)[]

export type Expansion = {
  /** The same tree with every variable replaced. A scalar that could not be is null. */
  value: unknown
  /** What could not be replaced and why. No text of the scalar or of a variable is in it. */
  problems: { path: ValuePath; message: string }[]
}

/** What a scalar has to become when it was written as a variable: the environment only knows text. */
export type TypeAt = (path: ValuePath) => unknown

/**
 * Replaces `${NAME}` and `${NAME:-default}` in the string scalars of parsed YAML, never in keys. The
 * default holds when the variable is unset or empty; `$${` stands for a literal `${`. What a variable
 * contains is taken as it is: not expanded again, not read as YAML. Keys without a value are dropped.
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

/** What is not closed is taken up to the end of the text: looked for again at each `${` the text would be read once for each. */
const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?(\}|$)|\$\{/g

function expandText(text: string, env: Environment): { expanded: string; messages: string[] } {
  const messages: string[] = []
  const expanded = text.replace(
    reference,
    (match: string, name?: string, fallback?: string, end?: string) => {
      if (match === '$${') return '${'
      if (name === undefined || end === '') {
        messages.push(
          `holds a \${ that is no variable: write \${NAME} or \${NAME:-default}, or $\${ for a plain \${`,
        )
        return ''
      }
      if (fallback?.includes('${')) {
        messages.push(
          `holds a variable in the default of ${name}, which is not expanded: write a plain default`,
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

/** Text that does not fit its type stays text, for the schema to refuse. */
function coerce(text: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
