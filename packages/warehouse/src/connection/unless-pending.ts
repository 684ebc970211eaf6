import { sqlStateOf } from './error-class.ts'

/**
 * The answer, or `otherwise` if the table or function, or the right to it, comes with a migration that is still pending: during
 * an update, an additional part must not keep the rest from being shown.
 */
export async function unlessPending<Answer>(read: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    const state = sqlStateOf(error)
    if (state === '42P01' || state === '42883' || state === '42501') return otherwise
    throw error
  }
}
