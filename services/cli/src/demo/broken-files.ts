export type BrokenFile = { key: string; bytes: Uint8Array; end: 'rejected' | 'ignored' }

/** Makes, in turn, the other files that a customer's bucket holds: broken files and files of other kinds. */
export function brokenFiles() {
  const kinds = [
    (name: string, document: Uint8Array): BrokenFile => ({
      key: `${name}-cut-off.json`,
      bytes: document.subarray(0, Math.floor(document.byteLength / 2)),
      end: 'rejected',
    }),
    (name: string): BrokenFile => ({
      key: `${name}-transcript.json`,
      bytes: Buffer.from(
        JSON.stringify({ comm_type: 'chat', comm_id: 1, transcript_version: 1, entries: [] }),
      ),
      end: 'ignored',
    }),
    (name: string): BrokenFile => ({ key: `${name}-empty.json`, bytes: Buffer.alloc(0), end: 'rejected' }),
    (name: string): BrokenFile => ({
      key: `${name}-recording.mp3`,
      bytes: Buffer.from('ID3'),
      end: 'ignored',
    }),
    (name: string): BrokenFile => ({
      key: `${name}-no-identity.json`,
      bytes: Buffer.from(JSON.stringify({ call_type: 'Voice Inbound (IVR)', status: 'finished' })),
      end: 'rejected',
    }),
  ]
  return (number: number, tenant: string, document: Uint8Array): BrokenFile => {
    const index = Math.floor(number)
    const kind = kinds[index % kinds.length] ?? kinds[0]
    if (kind === undefined) throw new Error('no kinds of broken files')
    const outside = index % 7 === 6
    const name = outside ? `elsewhere/stray-${index}` : `${tenant}/metadata/stray-${index}`
    const file = kind(name, document)
    return outside ? { ...file, end: 'ignored' } : file
  }
}
