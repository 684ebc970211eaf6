import { cutText } from './cut-text.ts'
import { visibleText } from './visible-text.ts'

const lengthMax = 1_000

/** One line about an error, with the addresses that were tried, but never with passwords. */
export function describeError(error: unknown): string {
  return cutText(visibleText(describe(error)), lengthMax)
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describe))].join(', ')
  }
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? error.name : plainMessage(error.message)
}

/** Node's `connect ECONNREFUSED 127.0.0.1:5432`, as a sentence. */
function plainMessage(message: string): string {
  const [, address] = /^connect ECONNREFUSED (.+)$/.exec(message) ?? []
  return address === undefined ? message : `connection refused at ${address} (ECONNREFUSED)`
}
