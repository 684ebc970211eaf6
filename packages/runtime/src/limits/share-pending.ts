/** Callers that ask while an answer is being found share it, so that the work runs once at a time. */
export function sharePending<Answer>(find: () => Answer | Promise<Answer>): () => Promise<Answer> {
  let pending: Promise<Answer> | undefined
  return () => {
    pending ??= Promise.resolve()
      .then(find)
      .finally(() => {
        pending = undefined
      })
    return pending
  }
}
