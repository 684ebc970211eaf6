import { sqlStateOf } from './error-class.ts'

const missing = ['42P01', '42883', '3F000', '42501']

/**
 * The answer, or `otherwise` if the table, function or schema, or the right to read it, comes with a migration that is still pending: during
 * an update, an additional part must not keep the rest from being shown.
 */
export async function unlessPending<Answer>(read: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await read
  } catch (error) {
    const state = sqlStateOf(error)
    if (state !== null && missing.includes(state)) return otherwise
    throw error
  }
}
