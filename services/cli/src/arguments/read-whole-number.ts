import { UsageError } from '../cli-context.ts'

/** Reads an option's value as a whole number. Throws a `UsageError` that names the option and its bounds. */
export function readWholeNumber(
  option: string,
  text: string,
  { min, max }: { min: number; max: number },
): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not ${text}`)
}
