/** Who asks while an answer is being found gets that one: however many ask, the work is done once at a time. */
export function sharePending<Answer>(find: () => Answer | Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined
  return () => {
    underWay ??= Promise.resolve()
      .then(find)
      .finally(() => {
        underWay = undefined
      })
    return underWay
  }
}
