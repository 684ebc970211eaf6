import { sqlStateOf } from './error-class.ts'

/**
 * The answer, or this one where the table, or the right to read it, comes with a migration that is still pending: what
 * only adds to a story must not keep the rest from being told during an update.
 */
export async function unlessPending<Answer>(read: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    const state = sqlStateOf(error)
    if (state === '42P01' || state === '42501') return otherwise
    throw error
  }
}
