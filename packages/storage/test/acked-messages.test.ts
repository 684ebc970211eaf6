import { expect, test } from 'vitest'
import { rememberAcked } from '../src/queue/acked-messages.ts'
import type { QueueEvents } from '../src/queue/queue-events.ts'
import type { ReceivedMessage } from '../src/queue/received-message.ts'

const messageOf = (id: number): ReceivedMessage => ({
  messageId: String(id),
  receiptHandle: `receipt ${id}`,
  body: '',
  receiveCount: 1,
})

test('the last thousand deleted messages are remembered, in memory that does not grow', () => {
  const messageIds: string[] = []
  const { events, wasAcked } = rememberAcked({
    acked: ({ message }: { message: ReceivedMessage }) => messageIds.push(message.messageId),
  } as unknown as QueueEvents)
  const count = 10_000
  for (let id = 0; id < count; id += 1) events.acked({ message: messageOf(id) } as never)
  expect(messageIds).toHaveLength(count)
  const remembered = Array.from({ length: count }, (_, id) => id).filter((id) => wasAcked(messageOf(id)))
  expect(remembered.length).toBeGreaterThanOrEqual(1_000)
  expect(remembered.length).toBeLessThanOrEqual(2_000)
  expect(remembered).toEqual(
    Array.from({ length: remembered.length }, (_, place) => count - remembered.length + place),
  )
})
