// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in the configuration
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const beforeSources = `
database:
  url: postgres://db/aftercall
queues:
  live:
    url: https://sqs.test/1/live
`
const smallest = `${beforeSources}sources: [{ name: acme, bucket: acme-session-files }]`

function withSources(...sources: string[]): string {
  return `${beforeSources}sources:\n${sources.map((source) => `  - ${source}`).join('\n')}`
}

/** `path: message` of every problem. */
function problemsOf(text: string): string[] {
  const result = readConfig(text, {})
  return result.kind === 'valid' ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)
}

describe('rules between keys', () => {
  test('two sources may not have the same name', () => {
    const text = withSources(
      '{ name: a, bucket: one }',
      '{ name: a, bucket: two }',
      '{ name: a, bucket: six }',
    )
    expect(problemsOf(text)).toEqual([
      'sources[1].name: sources[0] already has this name',
      'sources[2].name: sources[0] already has this name',
    ])
  })

  test.each([
    ['', ''],
    ['', 'x/'],
    ['x/', ''],
    ['x/', 'x/'],
    ['x/', 'x/y/'],
    ['x', 'xy/'],
  ])('I7 one bucket with prefixes "%s" and "%s" is an overlap, which names both sources', (first, second) => {
    const text = withSources(
      `{ name: a, bucket: one, prefix: "${first}" }`,
      `{ name: b, bucket: one, prefix: "${second}" }`,
    )
    expect(problemsOf(text)).toEqual([expect.stringMatching(/"a" \(sources\[0\]\) and "b" \(sources\[1\]\)/)])
  })

  test('different prefixes, and the same prefix in two buckets, do not overlap', () => {
    const text = withSources(
      '{ name: a, bucket: one, prefix: x/ }',
      '{ name: b, bucket: one, prefix: y/ }',
      '{ name: c, bucket: two, prefix: x/ }',
    )
    expect(problemsOf(text)).toEqual([])
  })

  test('an unknown prefix does not count as an empty one', () => {
    const text = withSources(
      '{ name: a, bucket: one, prefix: "${NONE}" }',
      '{ name: b, bucket: one, prefix: y/ }',
    )
    expect(problemsOf(text)).toEqual(['sources[0].prefix: NONE is not set'])
  })

  test('a batch may not be larger than the number of objects in flight', () => {
    expect(problemsOf(`${smallest}\nworker: { inFlight: 10, batchSize: 11 }`)).toEqual([
      expect.stringMatching(/^worker\.batchSize: must be at most worker\.inFlight \(10\)/),
    ])
  })

  test('the default batch size follows a lower inFlight', () => {
    const result = readConfig(`${smallest}\nworker: { inFlight: 10 }`, {})
    expect(result.kind === 'valid' && result.config.worker.batchSize).toBe(10)
  })
})
