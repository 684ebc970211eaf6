import { expect, test } from 'vitest'
import { fixtureBytes, readSent, sessionRow } from './map-document.ts'

/** The session row of a document in `fixtures/faults`, whose name ends as the vendor's would. */
function rowOf(file: string) {
  return sessionRow(fixtureBytes(`faults/${file}`), {
    key: file.replace(/^F\d+-.*-(?=[a-z]+-\d+\.json$)/, ''),
  })
}

test.each([
  ['F2-comm-type-call-1.json', '1', { comm_type: 'call' }],
  ['F2-transcript-version-null-call-2.json', '2', undefined],
])('F2 a call is a call although it has a key of a transcript: %s', (file, id, extra) => {
  const row = rowOf(file)
  expect(row).toMatchObject({ session_id: id, channel: 'call', session_type: 'Voice Inbound (IVR)' })
  expect(row.extra).toEqual(extra)
})

test('F11 an e-mail session is ignored with its reason, whatever its key', () => {
  const bytes = fixtureBytes('faults/F11-email-session-email-1442.json')
  for (const key of ['email-1442.json', 'call-1442.json', 'metadata-1442.json']) {
    expect(readSent(bytes, key)).toEqual({ kind: 'ignored', reason: 'email_session' })
  }
})
