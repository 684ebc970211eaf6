import { localBucket } from '@aftercall/ingest/local/local-source'
import { visibleText } from '@aftercall/runtime/text/visible-text'

/** `s3://BUCKET/KEY`, or the path of a local file, as a user would type it. */
export function formatObjectPlace(bucket: string, key: string): string {
  return visibleText(bucket === localBucket ? key : `s3://${bucket}/${key}`)
}
