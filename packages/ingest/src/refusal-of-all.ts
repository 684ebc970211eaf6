import { ObjectListError } from '@aftercall/storage/object-errors'
import { readFirstKey } from '@aftercall/storage/probe-bucket'
import { verdictOf } from '@aftercall/storage/retry-verdict'
import { isOnItsOwn, type Source } from './find-source.ts'
import type { SourceClients } from './source-clients.ts'

/** A store that is slow to answer refuses nothing. */
const answerMsMax = 5_000

/** What a store says only to credentials that it knows. */
const codesOfKnown = new Set(['access_denied', 'no_such_bucket', 'wrong_region'])

/**
 * How the stores refuse the credentials that the sources share, when nothing succeeds with them; undefined when something
 * does, or none of them says so. It lists a key of each source, because one answer about one object tells little:
 * a gateway may sign some keys wrongly, and says then that the signature is wrong.
 */
export async function refusalOfAll(
  sources: readonly Source[],
  clients: Pick<SourceClients, 'of'>,
  stopping: AbortSignal,
): Promise<ObjectListError | undefined> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerMsMax)])
  const sharing = sources.filter((one) => !isOnItsOwn(one))
  const answers = await Promise.all(
    sharing.map(({ bucket, prefix, ...source }) =>
      readFirstKey(clients.of(source), { bucket, prefix, signal }).then(
        () => 'known' as const,
        (error: unknown) => (error instanceof ObjectListError ? error : undefined),
      ),
    ),
  )
  const areKnown = answers.some((one) => one === 'known' || (one !== undefined && codesOfKnown.has(one.code)))
  if (areKnown) return undefined
  return answers.filter((one) => one instanceof ObjectListError).find(({ code }) => verdictOf(code).stops)
}

/** The same, asked once for all that want to know at the same time. */
export function createRefusalCheck(
  sources: readonly Source[],
  clients: Pick<SourceClients, 'of'>,
): (signal: AbortSignal) => Promise<ObjectListError | undefined> {
  let asking: Promise<ObjectListError | undefined> | undefined
  return (signal) => {
    asking ??= refusalOfAll(sources, clients, signal).finally(() => {
      asking = undefined
    })
    return asking
  }
}
