import type { FailureCode } from '@aftercall/storage/aws/error-class'
import type { FailureNote } from './note.ts'

const passes = 'nothing, unless it persists'
const credentials =
  'renew the credentials that the AWS SDK uses (keys, profile, or role), then start the worker again'

/** Calls to S3 and SQS; the codes are those of `storage/aws/error-class.ts`. */
export const callFailures: Record<FailureCode, FailureNote> = {
  aborted: { meaning: 'the worker was stopped during the call', toDo: 'nothing' },
  access_denied: {
    meaning: 'access to the object or the source is denied (403); this never counts as a deleted object',
    toDo: 'allow s3:GetObject and s3:ListBucket, and kms:Decrypt if a KMS key is used; aftercall doctor names what is missing',
  },
  archived: { meaning: 'the object is in an archive storage class', toDo: 'restore it, then replay it' },
  body_cut: { meaning: 'fewer bytes arrived than were declared', toDo: passes },
  clock_skew: {
    meaning: 'the clocks of this machine and of AWS differ too much',
    toDo: 'synchronize the clock with NTP',
  },
  connection_lost: { meaning: 'the connection broke', toDo: passes },
  connection_refused: {
    meaning: 'nothing listens at the endpoint',
    toDo: 'check the endpoint and the network',
  },
  credentials_expired: { meaning: 'the credentials have expired', toDo: credentials },
  credentials_invalid: {
    meaning: 'AWS does not accept the credentials or the signature',
    toDo: credentials,
  },
  credentials_missing: { meaning: 'the AWS SDK finds no credentials', toDo: credentials },
  encryption_key: {
    meaning: 'the KMS key is disabled, deleted, or not accessible',
    toDo: 'enable the key, and allow kms:Decrypt',
  },
  host_unreachable: {
    meaning: 'the host name cannot be resolved, or there is no route to the host',
    toDo: 'check DNS and the network',
  },
  internal_error: { meaning: 'the service reported an internal error', toDo: passes },
  invalid_request: {
    meaning: 'the service does not accept the request',
    toDo: 'report it as a defect, with the log line and without the file',
  },
  key_unproven: {
    meaning:
      'the key contains a path such as a/../b or a//b, and whether such paths reach the store unchanged is not known yet',
    toDo: 'allow s3:ListBucket; if the source has no other keys, connect to the store without a proxy',
  },
  key_unsafe: {
    meaning:
      'the key contains a path such as a/../b or a//b, and a proxy in front of the store changes such paths, so that another object would be read (I7)',
    toDo: 'configure the proxy to leave paths unchanged, then replay; or write the object under another key',
  },
  no_answer: { meaning: 'the answer to a batch does not mention this entry', toDo: passes },
  no_such_bucket: { meaning: 'the bucket does not exist', toDo: 'check sources[].bucket and region' },
  no_such_queue: { meaning: 'the queue does not exist', toDo: 'check queues.*.url' },
  not_found: {
    meaning:
      'a 404 that did not come from S3 itself, but from a proxy, for example; this never counts as a deleted object',
    toDo: 'check the endpoint',
  },
  receipt_invalid: { meaning: 'the message belongs to another worker now', toDo: 'nothing' },
  service_unavailable: { meaning: 'the service is temporarily unavailable', toDo: passes },
  throttled: {
    meaning: 'too many requests per second',
    toDo: 'nothing: the request rate is lowered automatically',
  },
  timeout: { meaning: 'no answer in time', toDo: passes },
  tls_untrusted: {
    meaning: 'the certificate of the endpoint is not trusted',
    toDo: 'set NODE_EXTRA_CA_CERTS, or correct the endpoint',
  },
  too_many_in_flight: {
    meaning: 'the queue has reached the limit of SQS for messages in flight (120,000)',
    toDo: 'run fewer workers, or lower worker.inFlight',
  },
  too_slow: {
    meaning:
      'the answer arrived at less than 1 KiB per second, or at less than 16 KiB per second after the first minute',
    toDo: 'nothing, unless it persists; then check the store and the network',
  },
  unknown: {
    meaning: 'an error that is not in this list',
    toDo: 'look at the log line, and report it if it persists',
  },
  unreadable_answer: {
    meaning: 'the answer is not one that the service would give',
    toDo: 'check the endpoint and any proxy in front of it',
  },
  wrong_region: {
    meaning: 'the bucket or queue is in another Region',
    toDo: 'set sources[].region or AWS_REGION',
  },
}
