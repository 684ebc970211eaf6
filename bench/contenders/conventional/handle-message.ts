import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Message } from '@aws-sdk/client-sqs'
import type { Kysely } from 'kysely'
import { sources } from '../../mix/mix.ts'
import { documentSchema } from './document-schema.ts'
import type { Tables } from './fetched-session.ts'
import { type S3Record, s3EventSchema } from './s3-event-schema.ts'
import { storeSession } from './store-session.ts'

export type Handler = { s3: S3Client; db: Kysely<Tables> }

const bytesMax = 8_388_608
const limits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }

/** Notification → object → document → rows → one transaction. */
export async function handleMessage(handler: Handler, message: Message): Promise<void> {
  const { Records } = s3EventSchema.parse(JSON.parse(message.Body ?? ''))
  for (const record of Records) await handleRecord(handler, record)
}

async function handleRecord({ s3, db }: Handler, record: S3Record): Promise<void> {
  const { bucket, object } = record.s3
  const place = { Bucket: bucket.name, Key: object.key, VersionId: object.versionId }
  const { Body, LastModified: lastModified } = await s3.send(new GetObjectCommand(place))
  if (Body === undefined || lastModified === undefined) throw new Error(`${object.key} has no body`)
  const bytes = await Body.transformToByteArray()
  const source = sources.find(({ prefix }) => object.key.startsWith(prefix))
  if (source === undefined) throw new Error(`${object.key} belongs to no source`)

  // Uses our parsing and mapping, so that the rows are the same.
  const reading = readDocuments({ key: object.key, bytes, bytesMax })
  const document = reading.kind === 'documents' ? reading.documents[0] : undefined
  if (document === undefined) throw new Error(`${object.key} has no session`)
  documentSchema.parse(document.document)
  const context = { source: source.name, timeZone: source.timeZone, objectLastModified: lastModified, limits }
  const mapping = mapSession(document, context)
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  const { contentSha256 } = document
  await storeSession(db, { session: mapping.session, record, contentSha256, lastModified })
}
