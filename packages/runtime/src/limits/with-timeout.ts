/** A longer timer would fire at once. */
const timerMsMax = 2 ** 31 - 1

/**
 * The work's answer, or what `onTimeout` returns or throws if the answer takes longer. The work itself goes on: abort it in
 * `onTimeout` where that helps. A failure that comes later is ignored.
 */
export async function withTimeout<Answer, Late>(
  work: Promise<Answer>,
  timeoutMs: number,
  onTimeout: () => Late,
): Promise<Answer | Late> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(timeoutMs, timerMsMax))
  })
  try {
    return await Promise.race([work, expired.then(onTimeout)])
  } finally {
    clearTimeout(timer)
  }
}
