import type { Logger } from '@aftercall/runtime/telemetry/logger'

/** Counts and logs announced objects that belong to no source. Each of them is ignored without a log line of its own. */
export type StrayObjects = {
  count(object: { bucket: string; isStray: boolean }): void
  state(): StrayState
}

export type StrayState = {
  /** Announced objects that belong to no source. */
  strays: number
  /** Announced objects that belong to one. */
  owned: number
}

const everyMs = 60_000

/** A bucket may well announce more than is configured, so there is at most one line a minute. */
export function createStrayObjects(logger: Logger, nowMs = () => performance.now()): StrayObjects {
  const state: StrayState = { strays: 0, owned: 0 }
  let loggedAtMs = Number.NEGATIVE_INFINITY
  return {
    count({ bucket, isStray }) {
      if (!isStray) {
        state.owned += 1
        return
      }
      state.strays += 1
      if (nowMs() - loggedAtMs < everyMs) return
      loggedAtMs = nowMs()
      logger.warn(
        { ...state, bucket },
        'announced objects belong to no source and are ignored: compare their keys with sources[].bucket and prefix',
      )
    },
    state: () => ({ ...state }),
  }
}
