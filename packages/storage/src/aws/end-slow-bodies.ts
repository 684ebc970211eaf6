import { Readable } from 'node:stream'
import { createProgressWatch, type ProgressLimits } from './progress-watch.ts'

type Client = {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<{ response: unknown }>,
      ) => (args: never) => Promise<{ response: unknown }>,
      options: { step: 'deserialize'; priority: 'low'; name: string },
    ): void
  }
}

/**
 * Aborts every answer of an SDK client whose body is too slow: listings, settings, inventory files. The SDK's own limit covers
 * only the pause between two pieces, so a byte now and then would keep it waiting without end.
 */
export function endSlowBodies(client: unknown, limits?: ProgressLimits): void {
  const progress = createProgressWatch(limits)
  // The middleware stacks of the two clients differ only in types that do not matter here.
  const { middlewareStack } = client as Client
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { body } = result.response as { body?: unknown }
      if (body instanceof Readable) watchBody(body)
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'endSlowBodies' },
  )

  function watchBody(body: Readable): void {
    const { socket } = body as { socket?: { bytesRead: number } }
    if (socket === undefined) return
    const before = socket.bytesRead
    const end = progress.watch({
      bytesReceived: () => socket.bytesRead - before,
      isPaused: () => body.readableLength > 0,
      giveUp: (error) => body.destroy(error),
    })
    body.once('close', end)
    body.once('end', end)
  }
}
