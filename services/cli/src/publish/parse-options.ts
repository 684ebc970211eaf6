import { resolve } from 'node:path'
import { isDuration, secondsOf } from '@aftercall/runtime/text/duration'
import type { LakeView } from '@aftercall/warehouse/lake/lake-view'
import type { DatedView } from '@aftercall/warehouse/lake/read-lake-views'
import { type CommonOptions, UsageError } from '../cli-context.ts'
import { findViews } from '../export/export-request.ts'
import { splitPlace } from '../export/open-place.ts'

export type PublishFlags = CommonOptions & {
  to?: string
  every: string
  once?: boolean
  all?: boolean
  forget?: boolean
}

export type PublishOptions = {
  /** Without slashes at its end, and of a folder the whole path, so that one place has one name. */
  to: string
  everySeconds: number
  once: boolean
  all: boolean
  forget: boolean
}

export function readFlags({
  to,
  every,
  once = false,
  all = false,
  forget = false,
}: PublishFlags): PublishOptions {
  if (to === undefined || to.trim() === '')
    throw new UsageError('say where: --to DIR or --to s3://BUCKET/PREFIX')
  if (!isDuration(every))
    throw new UsageError(`--every must be a duration such as 30s, 15m or 24h, not ${every}`)
  if (forget && (once || all)) throw new UsageError('--forget goes with neither --once nor --all')
  return { to: nameOf(to), everySeconds: secondsOf(every), once, all, forget }
}

function nameOf(to: string): string {
  return splitPlace(to).kind === 'folder' ? resolve(to) : to.replace(/\/+$/, '')
}

/** How sessions were loaded, which also changes without any session. */
const aboutLoading = ['restatement_daily']

/** The views to publish: all that `export` can write, but those that say how sessions were loaded. */
export function findPublishedViews(names: readonly string[], dated: readonly DatedView[]): LakeView[] {
  const known = dated.filter(({ name }) => !aboutLoading.includes(name))
  return findViews(names.length === 0 ? known.map(({ name }) => name) : names, known)
}
