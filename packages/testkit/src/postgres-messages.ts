/** https://www.postgresql.org/docs/current/protocol-message-formats.html: a type byte, and a length that includes itself. */
export function splitMessages(take: (message: Buffer) => void): (bytes: Buffer) => void {
  let left = Buffer.alloc(0)
  return (bytes) => {
    left = Buffer.concat([left, bytes])
    while (left.length >= 5 && left.length > left.readInt32BE(1)) {
      const end = left.readInt32BE(1) + 1
      const message = left.subarray(0, end)
      left = left.subarray(end)
      take(message)
    }
  }
}

/** A startup message: length, version, then names and values, each with a final zero byte. */
export function withoutParameter(startup: Buffer, name: string): { message: Buffer; had: boolean } {
  const texts = startup.subarray(8, -1).toString('latin1').split('\0').slice(0, -1)
  const pairs = texts.flatMap((text, position) =>
    position % 2 === 0 ? [[text, texts[position + 1] ?? '']] : [],
  )
  const kept = pairs.filter(([parameter]) => parameter !== name)
  const body = Buffer.from(`${kept.map(([key, value]) => `${key}\0${value}\0`).join('')}\0`, 'latin1')
  const head = Buffer.from(startup.subarray(0, 8))
  head.writeInt32BE(body.length + 8, 0)
  return { message: Buffer.concat([head, body]), had: kept.length < pairs.length }
}
