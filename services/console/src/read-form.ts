import type { FormFields } from './actions/asked-action.ts'

/** The fields of a form as a browser sends them (`application/x-www-form-urlencoded`), each with all its values. */
export function readForm(text: string): FormFields {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return fields
}
