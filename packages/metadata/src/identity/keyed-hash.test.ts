import { createHmac, createSecretKey } from 'node:crypto'
import { propertyOptions } from '@aftercall/testkit/test-seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyedHash } from './keyed-hash.ts'

test('the vectors of RFC 4231 come out, for short keys and for those of more than a block', () => {
  const hashOf = (key: Buffer, text: string) => keyedHash(createSecretKey(key))(text)
  expect(hashOf(Buffer.alloc(20, 0x0b), 'Hi There')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  expect(hashOf(Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  expect(hashOf(Buffer.alloc(131, 0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First')).toBe(
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  )
})

test('any key and text give what Node gives, one after another', () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 100 })
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 700 }), { minLength: 1, maxLength: 4 })
  const same = fc.property(keys, texts, (bytes, sent) => {
    const key = createSecretKey(bytes)
    for (const text of sent) {
      expect(keyedHash(key)(text)).toBe(createHmac('sha256', key).update(text).digest('hex'))
    }
  })
  fc.assert(same, propertyOptions({ quick: 50, thorough: 500 }))
})
