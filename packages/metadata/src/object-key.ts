import type { Channel } from './classify-document.ts'

const documentedName = /^(?:.*\/)?(?:metadata-)?(?:(?<channel>call|chat)-)?(?<id>\d+)\.(?:json|txt)(?:\.gz)?$/

/** The channel that a key names, if it does (contract, section d). A hint for documents that name none. */
export function channelOfKey(key: string): Channel | null {
  const channel = documentedName.exec(key)?.groups?.channel
  return channel === 'call' || channel === 'chat' ? channel : null
}

const mediaName = /\.(?:mp3|wav|ogg|m4a|mp4|webm|mov|jpe?g|png|gif|webp|pdf|zip|csv|parquet|html?)$/i

/** Recordings, pictures, e-mails and other files that share the bucket (contract, section d) are not fetched. */
export function isMediaKey(key: string): boolean {
  return mediaName.test(key)
}

/** The documented name of a chat's plain-text transcript, which no metadata file has. */
export function isTextTranscriptKey(key: string): boolean {
  return /(?:^|\/)(?:chat|call)-\d+\.txt$/.test(key)
}

const placeholderName = /(?:\/|_\$folder\$|(?:^|\/)(?:_SUCCESS|\.keep|\.gitkeep|\.placeholder))$/

/**
 * Keys that tools give to empty objects: consoles and FUSE file systems for a folder (`day/`), Hadoop for one
 * (`day_$folder$`) and for a job that is done (`_SUCCESS`). Such an object is no file, as long as it is empty.
 */
export function isPlaceholderKey(key: string): boolean {
  return placeholderName.test(key)
}
