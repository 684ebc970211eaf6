import { errorClassOf } from '@aftercall/storage/aws/error-class'
import { ObjectListError } from '@aftercall/storage/objects/object-errors'
import { readFirstKey } from '@aftercall/storage/objects/probe-bucket'
import { isOnItsOwn, type Source } from './find-source.ts'
import type { SourceClients } from './source-clients.ts'

/** A slow store is no refusal. */
const answerMsMax = 5_000

/**
 * The refusal of the credentials that the sources share, if nothing succeeds with them. Undefined when something does, or no
 * store refuses them. It lists one key of each source, because an answer about a single object proves little: a gateway may
 * sign some keys wrongly, and then says that the signature is wrong.
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
  const errors = answers.filter((one) => one instanceof ObjectListError)
  // A store that denies access knows the credentials.
  const areKnown = answers.includes('known') || errors.some(({ code }) => code === 'access_denied')
  return areKnown ? undefined : errors.find(({ code }) => errorClassOf(code).stops)
}

/** The same, asked once for all callers at the same time. */
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
