import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { BodyCutError, readBody } from '../src/objects/read-body.ts'

function chunks(...sizes: number[]): Readable {
  return Readable.from(sizes.map((size) => Buffer.alloc(size, 'x')))
}

describe('readBody', () => {
  it('I8 stops after the limit if no length was declared, and closes the stream', async () => {
    const body = chunks(60, 60, 60, 60)
    const options = { bytesMax: 100, bytesDeclared: undefined, signal: undefined }
    expect(await readBody(body, options)).toEqual({ kind: 'too-large', sizeBytes: 120 })
    expect(body.destroyed).toBe(true)
  })

  it('reads exactly the limit', async () => {
    const options = { bytesMax: 100, bytesDeclared: undefined, signal: undefined }
    expect(await readBody(chunks(60, 40), options)).toMatchObject({ kind: 'read' })
  })

  it('does not accept a shorter body as complete', async () => {
    const options = { bytesMax: 100, bytesDeclared: 50, signal: undefined }
    await expect(readBody(chunks(40), options)).rejects.toThrow(BodyCutError)
  })

  it('ends when the signal fires while nothing arrives', async () => {
    const body = new Readable({ read: () => {} })
    const giveUp = new AbortController()
    const reading = readBody(body, { bytesMax: 100, bytesDeclared: 50, signal: giveUp.signal })
    giveUp.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(body.destroyed).toBe(true)
  })
})
