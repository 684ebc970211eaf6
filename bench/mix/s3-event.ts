import { bucket, type MixFile } from './mix.ts'

/**
 * The complete event that S3 sends when the file is put, with its order of fields
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function writeS3Event(file: MixFile, eventTime: Date): string {
  const { session, revision, key, versionId, etag, sizeBytes } = file
  const principalId = 'AIDAEXAMPLEEXAMPLEEXA'
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime: eventTime.toISOString(),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: `AWS:AROAEXAMPLEEXAMPLEEXA:session-metadata-export-${revision}` },
    requestParameters: { sourceIPAddress: '203.0.113.27' },
    responseElements: {
      'x-amz-request-id': `C3D13FE58DE4${String(session).padStart(4, '0')}`,
      'x-amz-id-2':
        'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpDFMyUVURIY8/IgAtTv8xRjskZQpcIZ9K4',
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'session-metadata-to-queue',
      bucket: { name: bucket, ownerIdentity: { principalId }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key,
        size: sizeBytes,
        eTag: etag,
        versionId,
        sequencer: `00${(0x6a10_0000_0000 + session * 16 + revision).toString(16).toUpperCase()}`,
      },
    },
  }
  return JSON.stringify({ Records: [record] })
}
