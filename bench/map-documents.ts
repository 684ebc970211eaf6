import { readFileSync } from 'node:fs'
import { mapSession } from '@aftercall/metadata/map/map-session'
import { readDocuments, type SessionDocument } from '@aftercall/metadata/read/read-documents'
import { surveyDocument } from '@aftercall/metadata/read/survey-document'
import { readTime } from '@aftercall/metadata/times/times'

/**
 * CPU to turn one document into rows, by step: process.cpuUsage over many rounds, the median of several runs with their
 * range, and as a multiple of parsing alone, which varies least between machines. Run: `node bench/map-documents.ts`.
 */
const runs = 25
const roundsPerRun = 100
const warmUps = 10
const limits = { depthMax: 64, valuesMax: 500_000, rowsMax: 50_000 }
const bytesMax = 8_388_608

type Step = { name: string; run(): unknown }

function stepsFor(bytes: Uint8Array, key: string): Step[] {
  const text = Buffer.from(bytes).toString('utf8')
  const document = documentOf(bytes, key)
  const context = { source: 'bench', objectLastModified: new Date('2026-03-24T00:00:00Z'), limits }
  return [
    { name: 'JSON.parse alone', run: () => JSON.parse(text) },
    { name: 'read (decode, parse, classify, hash)', run: () => readDocuments({ key, bytes, bytesMax }) },
    {
      name: 'survey (bounds, latest event)',
      run: () => surveyDocument(document.document, limits, readTime),
    },
    { name: 'map (survey included)', run: () => mapSession(document, context) },
    { name: 'read and map', run: () => mapSession(documentOf(bytes, key), context) },
  ]
}

function documentOf(bytes: Uint8Array, key: string): SessionDocument {
  const reading = readDocuments({ key, bytes, bytesMax })
  const document = reading.kind === 'documents' ? reading.documents[0] : undefined
  if (document === undefined) throw new Error(`${key} has no session`)
  return document
}

/** Milliseconds of CPU per call. */
function measure(step: Step): number {
  const before = process.cpuUsage()
  for (let round = 0; round < roundsPerRun; round += 1) step.run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / roundsPerRun
}

for (const file of ['real/call-1418.json', 'real/chat-135.json', 'synthetic/call-48213.json']) {
  const bytes = readFileSync(new URL(`../packages/testkit/fixtures/${file}`, import.meta.url))
  const steps = stepsFor(bytes, file)
  const figures = steps.map((): number[] => [])
  for (const step of steps) for (let run = 0; run < warmUps; run += 1) measure(step)
  // Interleaved, because the machine's speed changes over time.
  for (let run = 0; run < runs; run += 1) {
    for (const [index, step] of steps.entries()) figures[index]?.push(measure(step))
  }
  process.stdout.write(
    `\n${file}, ${bytes.byteLength} bytes: CPU ms per document, median (min to max) of ${runs} runs\n`,
  )
  const spreads = figures.map(spreadOf)
  const parsing = spreads[0]?.median ?? Number.NaN
  steps.forEach((step, index) => {
    const { median, min, max } = spreads[index] ?? spreadOf([])
    const multiple = `${(median / parsing).toFixed(1)} x parsing`
    process.stdout.write(
      `  ${step.name.padEnd(38)} ${median.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)}), ${multiple}\n`,
    )
  })
}

type Spread = { median: number; min: number; max: number }

function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((left, right) => left - right)
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 }
}
