/** Readers with a fault each, to see the fuzzer find it. */

/** A fault that inputs at random reach once in sixteen million times. */
export function failBehindThreeBytes(bytes: Uint8Array): number {
  let depth = 0
  if (bytes[0] === 0x46) {
    depth += 1
    if (bytes[1] === 0x55) {
      depth += 1
      if (bytes[2] === 0x5a) throw new RangeError('reached')
    }
  }
  return depth
}

/** Compares each comma with each other. */
export function takeTooMuch(bytes: Uint8Array): number {
  let pairs = 0
  for (const one of bytes) {
    if (one !== 0x2c) continue
    for (const other of bytes) if (other === 0x2c) pairs += 1
  }
  return pairs
}

/** Copies everything that came before, for each comma: nothing that a count of steps shows. */
export function allocateTooMuch(bytes: Uint8Array): number {
  let before: number[] = []
  for (const one of bytes) if (one === 0x2c) before = [...before, one]
  return before.length
}

/** Never ends once there are two exclamation marks. */
export function neverEnd(bytes: Uint8Array): number {
  const text = Buffer.from(bytes).toString('latin1')
  let at = 0
  while (text.startsWith('!!', at) || text.indexOf('!!', at) > at) at += 0
  return at
}
