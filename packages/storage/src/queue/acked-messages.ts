import type { QueueEvents } from './queue-events.ts'
import type { ReceivedMessage } from './received-message.ts'

const idsMax = 1_000

/**
 * Remembers the messages that were deleted last, to detect a queue that delivers them again and again. Two sets take turns:
 * deleting the oldest entry of a single set leaves a gap each time, and finding the next oldest skips all gaps.
 */
export function rememberAcked(events: QueueEvents): {
  events: QueueEvents
  wasAcked(message: ReceivedMessage): boolean
} {
  let ids = new Set<string>()
  let olderIds = ids

  function add(messageId: string): void {
    if (ids.size >= idsMax) {
      olderIds = ids
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
    wasAcked: ({ messageId }) => ids.has(messageId) || olderIds.has(messageId),
  }
}
