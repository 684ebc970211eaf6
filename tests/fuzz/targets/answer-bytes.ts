import { request as requestByNode } from 'node:http'
import { Duplex } from 'node:stream'
import type { HttpAnswer } from '../../../packages/storage/src/aws/http-message.ts'
import { createAnswerReader } from '../../../packages/storage/src/aws/read-http-answer.ts'
import { UnreadableAnswerError } from '../../../packages/storage/src/aws/service-answer.ts'

export type ReadAnswer = HttpAnswer & { kind: 'answered'; isReusable: boolean }

/** Reads an answer by our reader from these pieces and the end of the connection; `cut` if it has no end, `refused` if it is none. */
export function readPieces(pieces: readonly Uint8Array[]): ReadAnswer | 'cut' | 'refused' {
  let answer: ReadAnswer | undefined
  let head = { statusCode: 0, headers: {} }
  const parts: Buffer[] = []
  const reader = createAnswerReader({
    head: ({ statusCode, headers }) => {
      head = { statusCode, headers: { ...headers } }
    },
    body: (piece) => void parts.push(Buffer.from(piece)),
    end: (isReusable) => {
      answer = { ...head, kind: 'answered', body: Buffer.concat(parts), isReusable }
    },
  })
  try {
    for (const piece of pieces) reader.take(Buffer.from(piece))
    reader.close()
  } catch (error) {
    if (error instanceof UnreadableAnswerError) return 'refused'
    throw error
  }
  return answer ?? 'cut'
}

/** The same bytes by Node's own client, whose parser is llhttp. */
export function readByNode(bytes: Uint8Array): Promise<{ statusCode: number; body: Buffer } | 'refused'> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
    // It asks for no more of a socket than a stream has.
    const request = requestByNode({ createConnection: () => socket, host: 'store' })
    const refuse = (): void => {
      resolve('refused')
      socket.destroy()
    }
    request.on('error', refuse).on('upgrade', refuse)
    request.on('response', (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', refuse).on('aborted', refuse)
      answer.on('end', () => {
        resolve({ statusCode: answer.statusCode ?? 0, body: Buffer.concat(parts) })
        socket.destroy()
      })
    })
    request.end(() => {
      socket.push(bytes)
      socket.push(null)
    })
  })
}
