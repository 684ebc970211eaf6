import { AsyncLocalStorage } from 'node:async_hooks'
import type { buildApp } from 'fauxqs'
import type { FauxqsStores, S3Object } from './fauxqs-stores.ts'
import type { ObjectEvent, ObjectEventName } from './s3-event.ts'

export type ObjectChange = Omit<ObjectEvent, 'sequencer' | 'at'>

type Operation = { putName: ObjectEventName; bucket: string; sourceIp: string }

/**
 * Reports every object that a request stored or removed, right after the change and before the client gets its answer. Watches
 * the store, not requests and answers, because only the store knows the result of a form upload, a batch delete, or a failed
 * request.
 */
export function watchObjectChanges(
  app: ReturnType<typeof buildApp>,
  stores: FauxqsStores,
  onChange: (change: ObjectChange) => void,
): void {
  const operations = new AsyncLocalStorage<Operation>()
  const unknown: Operation = { putName: 'ObjectCreated:Put', bucket: '', sourceIp: '127.0.0.1' }
  const current = () => operations.getStore() ?? unknown

  app.addHook('preHandler', (request, _reply, done) => {
    // Host-style addresses were turned into paths before routing, so this is the bucket in both cases.
    const bucket = (request.params as { bucket?: string }).bucket ?? ''
    operations.run({ putName: putNameOf(request), bucket, sourceIp: request.ip }, done)
  })

  const { s3Store } = stores
  const putObject = s3Store.putObject.bind(s3Store)
  s3Store.putObject = (bucket, key, ...rest) => {
    const object = putObject(bucket, key, ...rest)
    onChange(created(current().putName, bucket, object))
    return object
  }
  const completeMultipartUpload = s3Store.completeMultipartUpload.bind(s3Store)
  s3Store.completeMultipartUpload = (uploadId, parts) => {
    const object = completeMultipartUpload(uploadId, parts)
    onChange(created('ObjectCreated:CompleteMultipartUpload', current().bucket, object))
    return object
  }
  const deleteObject = s3Store.deleteObject.bind(s3Store)
  s3Store.deleteObject = (bucket, key) => {
    const existed = stores.objectsOf(bucket)?.has(key) === true
    deleteObject(bucket, key)
    if (existed) onChange({ name: 'ObjectRemoved:Delete', bucket, key, sourceIp: current().sourceIp })
  }

  function created(
    name: ObjectEventName,
    bucket: string,
    { key, contentLength, etag }: S3Object,
  ): ObjectChange {
    return { name, bucket, key, object: { sizeBytes: contentLength, etag }, sourceIp: current().sourceIp }
  }
}

function putNameOf(request: { method: string; headers: Record<string, unknown> }): ObjectEventName {
  if (request.method === 'POST') return 'ObjectCreated:Post'
  return request.headers['x-amz-copy-source'] === undefined ? 'ObjectCreated:Put' : 'ObjectCreated:Copy'
}
