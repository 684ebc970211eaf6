import { sqlStateOf } from '../connection/error-class.ts'

/** What a read came to that the server ended because it took too long, or because it waited too long for a lock. */
export const tooSlow: unique symbol = Symbol('too slow')

/** A page shows what could be read; that one part takes too long is no reason to show none. Other errors are thrown. */
export async function withinLimit<Answer>(read: Promise<Answer>): Promise<Answer | typeof tooSlow> {
  try {
    return await read
  } catch (error) {
    const state = sqlStateOf(error)
    if (state === '57014' || state === '55P03') return tooSlow
    throw error
  }
}
