import type { Channel } from './session-type.ts'

const documentedName =
  /^(?:.*\/)?(?:metadata-)?(?:(?<subject>call|chat|email)[-_])?(?<id>\d+)\.(?:json|txt)(?:\.gz)?$/i

export type NamedSubject = Channel | 'email'

/** The subject in a key, if it has one (contract, sections d and h). A hint for documents that do not have it themselves. */
export function subjectOfKey(key: string): NamedSubject | null {
  const subject = documentedName.exec(key)?.groups?.subject?.toLowerCase()
  return subject === 'call' || subject === 'chat' || subject === 'email' ? subject : null
}

const mediaName = /\.(?:mp3|wav|ogg|m4a|mp4|webm|mov|jpe?g|png|gif|webp|pdf|zip|csv|parquet|html?)$/i

/** Recordings, pictures, e-mails, and other files in the same bucket (contract, section d) are not fetched. */
export function isMediaKey(key: string): boolean {
  return mediaName.test(key)
}

/** The documented name of a chat's plain-text transcript. No metadata file is named like this. */
export function isTextTranscriptKey(key: string): boolean {
  return /(?:^|\/)(?:chat|call)-\d+\.txt$/i.test(key)
}

const placeholderName = /(?:\/|_\$folder\$|(?:^|\/)(?:_SUCCESS|\.keep|\.gitkeep|\.placeholder))$/

/**
 * Keys of empty objects that tools create: for folders by consoles and FUSE file systems (`day/`) and by Hadoop
 * (`day_$folder$`), and for finished jobs (`_SUCCESS`). If such an object is empty, it is not a file.
 */
export function isPlaceholderKey(key: string): boolean {
  return placeholderName.test(key)
}
