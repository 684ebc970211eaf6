/** The names of the statements that a session keeps parsed and planned. */
export type StatementNames = {
  /** Undefined for a statement that is sent once, or comes after too many others. */
  nameOf(text: string): string | undefined
}

/** Each takes some hundred kilobytes of the server, until the connection is closed. */
const namesMax = 32
/** Texts that came once are remembered up to here, to know them when they come again. */
const seenMax = 256

/** A text that comes a second time gets a name: from then on the server neither parses nor plans it. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>()
  const seen = new Set<string>()
  return {
    nameOf(text) {
      const known = names.get(text)
      if (known !== undefined || names.size >= namesMax) return known
      if (!seen.has(text)) {
        if (seen.size < seenMax) seen.add(text)
        return undefined
      }
      const name = `aftercall_${names.size + 1}`
      names.set(text, name)
      return name
    },
  }
}
