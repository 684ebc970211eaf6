import type { Channel } from './session-type.ts'

const documentedName =
  /^(?:.*\/)?(?:metadata-)?(?:(?<subject>call|chat|email)[-_])?(?<id>\d+)\.(?:json|txt)(?:\.gz)?$/i

export type NamedSubject = Channel | 'email'

/** What a key says that its file is about, if it does (contract, sections d and h). A hint for documents that do not say. */
export function subjectOfKey(key: string): NamedSubject | null {
  const subject = documentedName.exec(key)?.groups?.subject?.toLowerCase()
  return subject === 'call' || subject === 'chat' || subject === 'email' ? subject : null
}

const mediaName = /\.(?:mp3|wav|ogg|m4a|mp4|webm|mov|jpe?g|png|gif|webp|pdf|zip|csv|parquet|html?)$/i

/** Recordings, pictures, e-mails and other files that share the bucket (contract, section d) are not fetched. */
export function isMediaKey(key: string): boolean {
  return mediaName.test(key)
}

/** The documented name of a chat's plain-text transcript, which no metadata file has. */
export function isTextTranscriptKey(key: string): boolean {
  return /(?:^|\/)(?:chat|call)-\d+\.txt$/i.test(key)
}

const placeholderName = /(?:\/|_\$folder\$|(?:^|\/)(?:_SUCCESS|\.keep|\.gitkeep|\.placeholder))$/

/**
 * Keys that tools give to empty objects: consoles and FUSE file systems for a folder (`day/`), Hadoop for one
 * (`day_$folder$`) and for a job that is done (`_SUCCESS`). Such an object is no file, as long as it is empty.
 */
export function isPlaceholderKey(key: string): boolean {
  return placeholderName.test(key)
}
