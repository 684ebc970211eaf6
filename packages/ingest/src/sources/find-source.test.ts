import { expect, test } from 'vitest'
import { findSource } from './find-source.ts'

const sources = [
  { name: 'acme', bucket: 'files', prefix: 'acme/metadata/' },
  { name: 'whole', bucket: 'other', prefix: '' },
]

test.each([
  ['files', 'acme/metadata/call-1.json', 'acme'],
  ['files', 'acme/metadata/', 'acme'],
  ['other', 'anything/at/all.json', 'whole'],
  ['files', 'acme/call-1.json', undefined],
  ['files', 'ACME/metadata/call-1.json', undefined],
  ['files', '', undefined],
  ['files.evil', 'acme/metadata/call-1.json', undefined],
])('I7 s3://%s/%s belongs to %s', (bucket, key, name) => {
  expect(findSource(sources, { bucket, key })?.name).toBe(name)
})
