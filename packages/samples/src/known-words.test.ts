import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { expect, it } from 'vitest'
import { unknownWordOnPurpose } from './deflection-step.ts'
import { sampleSessions } from './sample-stream.ts'

const context = {
  source: 'acme',
  objectLastModified: new Date('2026-06-01T00:00:00Z'),
  limits: { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 },
}

/** The unknown fields and words of documents, and how many have the one on purpose. */
function findUnknown(unknownWords: boolean): { unknown: string[]; onPurpose: number } {
  const unknown = new Set<string>()
  let onPurpose = 0
  for (const { revisions } of sampleSessions({ seed: 'words', sessions: 2_000, unknownWords })) {
    for (const { document } of revisions) {
      const text = JSON.stringify(document)
      if (text.includes(`"${unknownWordOnPurpose}"`)) onPurpose += 1
      const reading = readDocuments({ key: 'x.json', bytes: Buffer.from(text), bytesMax: 1e7 })
      const [found] = reading.kind === 'documents' ? reading.documents : []
      const mapping = found === undefined ? undefined : mapSession(found, context)
      if (mapping?.kind !== 'session') throw new Error(JSON.stringify(mapping ?? reading))
      for (const { path, type } of mapping.session.drift) unknown.add(`${path}: ${type}`)
      for (const { vocabulary } of mapping.session.unknownWords)
        unknown.add(`a word unknown to ${vocabulary}`)
    }
  }
  return { unknown: [...unknown], onPurpose }
}

it('the mapping knows everything in sample documents', () => {
  expect(findUnknown(false)).toEqual({ unknown: [], onPurpose: 0 })
})

it('a plan that asks for unknown words has one', () => {
  const { unknown, onPurpose } = findUnknown(true)
  expect(unknown).toEqual(['a word unknown to deflection_kind'])
  expect(onPurpose).toBeGreaterThan(0)
})
