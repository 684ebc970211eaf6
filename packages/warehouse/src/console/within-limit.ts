import { sqlStateOf } from '../connection/error-class.ts'

/** The result of a read that the server cancelled because it took too long, or waited too long for a lock. */
export const tooSlow: unique symbol = Symbol('too slow')

/** A page shows what could be read, even if one part takes too long. Other errors are thrown. */
export async function withinLimit<Answer>(read: Promise<Answer>): Promise<Answer | typeof tooSlow> {
  try {
    return await read
  } catch (error) {
    const state = sqlStateOf(error)
    if (state === '57014' || state === '55P03') return tooSlow
    throw error
  }
}
