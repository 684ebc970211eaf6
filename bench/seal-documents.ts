import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments } from '@aftercall/metadata/read/read-documents'
import { encodeSession } from '@aftercall/warehouse/encode-session'
import { openBytes, sealBytes } from '@aftercall/warehouse/sealing/seal-bytes'

/**
 * CPU to encrypt one document, beside reading, mapping and encoding it: process.cpuUsage over many rounds, the median of
 * several runs, taken in turns, because the machine's speed changes over time. Run: `node bench/seal-documents.ts`.
 */
const runs = 25
const roundsPerRun = 100
const limits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }
const dataKey = { id: 1n, key: randomBytes(32) }

for (const file of ['real/call-1418.json', 'real/chat-135.json', 'synthetic/call-48213.json']) {
  const bytes = readFileSync(new URL(`../packages/testkit/fixtures/${file}`, import.meta.url))
  const name = ['document', 'bench', 'call', '1', 'hash']
  const sealed = sealBytes(dataKey, name, bytes)
  const steps = [
    () => encode(bytes, file),
    () => sealBytes(dataKey, name, bytes),
    () => openBytes(dataKey, name, sealed),
  ]
  const figures = steps.map((): number[] => [])
  for (let run = 0; run < runs; run += 1)
    for (const [index, step] of steps.entries()) figures[index]?.push(measure(step))
  const [plain = 0, seal = 0, open = 0] = figures.map((of) => of.sort((a, b) => a - b)[runs >> 1] ?? 0)
  process.stdout.write(
    `${file}, ${bytes.byteLength} bytes, sealed ${sealed.byteLength} (${(bytes.byteLength / sealed.byteLength).toFixed(1)} times smaller): ` +
      `read, map, encode ${plain.toFixed(3)} ms; seal ${seal.toFixed(3)} ms; open ${open.toFixed(3)} ms; ` +
      `with encryption ${((plain + seal) / plain).toFixed(2)} times the CPU\n`,
  )
}

function encode(bytes: Uint8Array, key: string): void {
  const reading = readDocuments({ key, bytes, bytesMax: 8_388_608 })
  const document = reading.kind === 'documents' ? reading.documents[0] : undefined
  if (document === undefined) throw new Error(`${key} has no session`)
  const mapping = mapSession(document, {
    source: 'bench',
    objectLastModified: new Date('2026-03-24T00:00:00Z'),
    limits,
  })
  if (mapping.kind !== 'session') throw new Error(mapping.detail)
  encodeSession(mapping.session, { bucket: 'bench', objectKey: key })
}

/** Milliseconds of CPU per call. */
function measure(step: () => unknown): number {
  const before = process.cpuUsage()
  for (let round = 0; round < roundsPerRun; round += 1) step()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / roundsPerRun
}
