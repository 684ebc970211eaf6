import { expect, test } from 'vitest'
import { allSent } from './all-sent.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

test('of several failures the one that the others follow from is thrown, whichever is heard of first', async () => {
  const cause = failure('40P01')
  const later = new Promise((_resolve, reject) => setImmediate(() => reject(cause)))
  await expect(allSent([Promise.reject(failure('25P02')), later])).rejects.toBe(cause)
  await expect(allSent([Promise.resolve(), Promise.reject(cause)])).rejects.toBe(cause)
})

test('a refusal behind a failure that was answered before is thrown if it is alone', async () => {
  const following = failure('25P02')
  await expect(allSent([Promise.resolve(), Promise.reject(following)])).rejects.toBe(following)
  await expect(allSent([Promise.resolve(1)])).resolves.toBeUndefined()
})
