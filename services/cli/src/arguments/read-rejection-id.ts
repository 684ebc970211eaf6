import { UsageError } from '../cli-context.ts'

/** The number of a rejection, as `aftercall rejections list` shows it. */
export function readRejectionId(text: string): string {
  const [, id] = /^#?(\d{1,18})$/.exec(text) ?? []
  if (id !== undefined) return id
  throw new UsageError(`${text} is not a rejection number; to see the numbers: aftercall rejections list`)
}
