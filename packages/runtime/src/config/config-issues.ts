import type { z } from 'zod'
import { nearestName } from '../text/nearest-name.ts'
import { schemaAt } from './config-schema.ts'
import type { ValuePath } from './expand-variables.ts'

type Issue = z.core.$ZodIssue

/** Our own sentence for each issue of the schema. It contains types and limits, never a value. */
export function describeIssue(issue: Issue, tree: unknown): { path: ValuePath; message: string }[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: describeUnknownKey(key, path) }))
  }
  return [{ path, message: describeValue(issue, valueAt(tree, path)) }]
}

function describeUnknownKey(key: string, parent: ValuePath): string {
  const names = Object.keys(schemaAt(parent)?.properties ?? {})
  const near = nearestName(key, names)
  if (near !== undefined) return `unknown key; did you mean ${near}?`
  return `unknown key; known keys here: ${names.join(', ')}`
}

function describeValue(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, value)
    case 'too_small':
      return issue.origin === 'array'
        ? `must have at least ${issue.minimum} ${issue.minimum === 1 ? 'entry' : 'entries'}`
        : `must be at least ${issue.minimum}${unitOf(issue)}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue)}`
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`
    case 'invalid_format':
    case 'custom':
      // A fixed sentence in the schema.
      return issue.message
    default:
      return 'is not valid'
  }
}

function unitOf(issue: { origin: string }): string {
  return issue.origin === 'string' ? ' characters long' : ''
}

const nouns: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
}

function describeType(expected: string, value: unknown): string {
  const wanted = nouns[expected] ?? expected
  if (value === undefined || value === null) return 'is required'
  if (typeof value === 'number' && (expected === 'number' || expected === 'int')) return `must be ${wanted}`
  const found = nouns[Array.isArray(value) ? 'array' : typeof value] ?? 'something else'
  const hint = expected === 'string' && typeof value !== 'object' ? '; put it in quotes' : ''
  return `must be ${wanted}, not ${found}${hint}`
}

function valueAt(tree: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    tree,
  )
}
