import type { QueueEvents } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'

const idsMax = 1_000

/** Remembers the messages that were deleted last, to tell a queue that gives them again and again. */
export function rememberAcked(events: QueueEvents): {
  events: QueueEvents
  wasAcked(message: ReceivedMessage): boolean
} {
  const ids = new Set<string>()

  function add(messageId: string): void {
    ids.add(messageId)
    if (ids.size <= idsMax) return
    const [oldest] = ids
    if (oldest !== undefined) ids.delete(oldest)
  }

  return {
    events: {
      ...events,
      acked(event) {
        add(event.message.messageId)
        events.acked(event)
      },
    },
    wasAcked: ({ messageId }) => ids.has(messageId),
  }
}
