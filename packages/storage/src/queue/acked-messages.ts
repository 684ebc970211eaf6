import type { QueueEvents } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'

const idsMax = 1_000

/**
 * Remembers the messages that were deleted last, to tell a queue that gives them again and again. Two sets take turns: a
 * set whose oldest is deleted each time keeps the places of what is gone, and passes over all of them to find the next.
 */
export function rememberAcked(events: QueueEvents): {
  events: QueueEvents
  wasAcked(message: ReceivedMessage): boolean
} {
  let ids = new Set<string>()
  let before = ids

  function add(messageId: string): void {
    if (ids.size >= idsMax) {
      before = ids
      ids = new Set()
    }
    ids.add(messageId)
  }

  return {
    events: {
      ...events,
      acked(event) {
        add(event.message.messageId)
        events.acked(event)
      },
    },
    wasAcked: ({ messageId }) => ids.has(messageId) || before.has(messageId),
  }
}
