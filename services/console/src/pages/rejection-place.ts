import type { RejectionRow } from '@aftercall/warehouse/ledger/read-rejections'

/** What was rejected: an object by its address, or a message that names none. */
export function placeOf({ bucket, objectKey, messageId }: RejectionRow): string {
  if (bucket !== null) return `s3://${bucket}/${objectKey ?? ''}`
  return messageId === null ? 'a message without an id' : `message ${messageId}`
}
