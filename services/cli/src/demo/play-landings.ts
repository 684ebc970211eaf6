import { abortableWait } from '@aftercall/runtime/limits/abortable-wait'
import { createPermits } from '@aftercall/runtime/limits/permits'
import type { createS3Client } from '@aftercall/storage/aws/aws-clients'
import { putObject } from '@aftercall/storage/objects/fetch-object'
import type { Landing } from './due-file.ts'

type Stage = {
  client: ReturnType<typeof createS3Client>
  bucket: string
  signal: AbortSignal
  /** The start of the play, by `performance.now()`. */
  startedAt: number
  landed(bytes: number): void
}

const putsMax = 16

/** Puts each file into the bucket when it is due. Files with the same key are put in order. */
export async function playLandings(landings: Iterable<Landing>, stage: Stage): Promise<void> {
  const permits = createPermits(putsMax)
  const lastOfKey = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  for (const landing of landings) {
    const waitMs = landing.atMs - (performance.now() - stage.startedAt)
    if (waitMs > 1) await abortableWait(waitMs, stage.signal)
    stage.signal.throwIfAborted()
    const before = lastOfKey.get(landing.key)
    const put = permits
      .run(async () => {
        await before
        await putObject(stage.client, {
          bucket: stage.bucket,
          key: landing.key,
          bytes: landing.bytes,
          signal: stage.signal,
        })
        stage.landed(landing.bytes.byteLength)
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        if (lastOfKey.get(landing.key) === put) lastOfKey.delete(landing.key)
      })
    lastOfKey.set(landing.key, put)
    while (lastOfKey.size >= putsMax * 4) await Promise.race(lastOfKey.values())
    if (failures.length > 0) break
  }
  await Promise.all(lastOfKey.values())
  if (failures.length > 0) throw failures[0]
}
