import type { buildApp } from 'fauxqs'
import type { FauxqsStores } from './fauxqs-stores.ts'

/**
 * Ends a long poll when its client goes away, as SQS does. fauxqs would keep waiting for the lost client and then give
 * it the next messages, which stay hidden until their visibility timeout. Other polls get an empty answer early, which
 * SQS may give at any time.
 */
export function endLostPolls(app: ReturnType<typeof buildApp>, { sqsStore }: FauxqsStores): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return
      for (const queue of sqsStore.allQueues()) queue.cancelWaiters()
    })
    done()
  })
}
