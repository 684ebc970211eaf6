import { compareKeys } from '@aftercall/storage/listing/compare-keys'
import { ObjectListError } from '@aftercall/storage/objects/object-errors'
import { listPage } from '../../../packages/storage/src/listing/list-page.ts'
import { errorXml, listingXml } from '../../../packages/storage/test/listing-server.ts'
import { must, type Target } from '../target.ts'
import { clientOf } from './fake-store.ts'

/** The XML of a page of a bucket. */
export function listing(): Target {
  let sent: Uint8Array = new Uint8Array()
  const client = clientOf(() => ({ status: 200, headers: { 'content-type': 'application/xml' }, body: sent }))
  const seeds = [
    listingXml({ keys: ['acme/a b.json', 'acme/call-1.json', 'acme/ü+%.json'] }),
    listingXml({ keys: ['acme/1', 'acme/2'], nextToken: 'x' }),
    errorXml('SlowDown'),
  ].map((text) => Buffer.from(text))
  return {
    name: 'listing',
    bytesMax: 32_768,
    form: 'text',
    seeds: () => seeds,
    words: [
      '<Contents>',
      '</Contents>',
      '<Key>',
      '</Key>',
      '<Key/>',
      '<Size>-1</Size>',
      '<Size>1e400</Size>',
      '<LastModified>',
      '<IsTruncated>true</IsTruncated>',
      '&#0;',
      '&#xD800;',
      '&amp;',
      '<![CDATA[',
      ']]>',
      '<!-- ',
      '-->',
      '<!DOCTYPE a [<!ENTITY b "c">]>',
      '&b;',
      '%00',
      '%ff',
      'acme/',
      '<ETag/>',
      '<StorageClass>GLACIER</StorageClass>',
    ],
    bound: {
      steps: { least: 60_000, perByte: 60 },
      allocated: { least: 3_000_000, perByte: 3_000 },
    },
    async read(bytes) {
      sent = bytes
      try {
        const page = await listPage(client, { bucket: 'files', prefix: 'acme/' })
        for (const [at, { key, sizeBytes, lastModified }] of page.objects.entries()) {
          must(key.startsWith('acme/'), 'a listed key has the prefix')
          must(at === 0 || compareKeys(page.objects[at - 1]?.key ?? '', key) < 0, 'keys are in order')
          must(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, 'an object has a size')
          must(!Number.isNaN(lastModified.getTime()), 'an object has a time')
        }
        return page
      } catch (error) {
        must(error instanceof ObjectListError, `only an ObjectListError is thrown, not ${String(error)}`)
        must(!/[\n\r]/.test(error.message), 'an error is one line')
        return { code: error.code, message: error.message }
      }
    },
    close: async () => client.destroy(),
  }
}
