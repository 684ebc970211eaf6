import { type ByteWriter, reserve, UnwritableValueError, writeInt16 } from './byte-writer.ts'

const positive = 0
const negative = 0x4000
const decimalNumber = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/

/**
 * A decimal number in the form of `numeric_recv`: digits in base 10,000, the weight of the first, the sign, and the
 * number of decimal places to show.
 */
export function writeNumeric(out: ByteWriter, value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 10_000) {
    writeHead(out, 1, 0, positive, 0)
    writeInt16(out, value)
    return
  }
  const text = String(value)
  if (writeShort(out, text)) return
  if (!decimalNumber.test(text)) throw new UnwritableValueError('numeric')
  const [mantissa = '', exponentText = '0'] = text.toLowerCase().split('e')
  const isNegative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const exponent = Number(exponentText)
  const places = Math.max(0, fraction.length - exponent)
  const { digits, weight } = groupDigits(whole + fraction, whole.length + exponent)
  reserve(out, 8 + digits.length * 2)
  writeHead(out, digits.length, weight, isNegative && digits.length > 0 ? negative : positive, places)
  for (const digit of digits) writeInt16(out, digit)
}

function writeHead(out: ByteWriter, digits: number, weight: number, sign: number, places: number): void {
  writeInt16(out, digits)
  writeInt16(out, weight)
  writeInt16(out, sign)
  writeInt16(out, places)
}

const zero = 48
const point = 46

/** Most numbers are ratings and seconds: up to four digits before the point, and four after it. False for all others. */
function writeShort(out: ByteWriter, text: string): boolean {
  let pointAt = -1
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === point && pointAt === -1 && at > 0) pointAt = at
    else if (code < zero || code > zero + 9) return false
  }
  const wholeLength = pointAt === -1 ? text.length : pointAt
  const places = pointAt === -1 ? 0 : text.length - pointAt - 1
  if (wholeLength === 0 || wholeLength > 4 || places > 4 || pointAt === text.length - 1) return false
  const whole = Number(text.slice(0, wholeLength))
  const fraction = places === 0 ? 0 : Number(text.slice(pointAt + 1)) * 10 ** (4 - places)
  const digits = (whole > 0 ? 1 : 0) + (fraction > 0 ? 1 : 0)
  writeHead(out, digits, whole > 0 || fraction === 0 ? 0 : -1, positive, places)
  if (whole > 0) writeInt16(out, whole)
  if (fraction > 0) writeInt16(out, fraction)
  return true
}

/**
 * `pointAt` is the position of the decimal point, counted from the left end of the digits; it may lie outside of them.
 */
function groupDigits(decimal: string, pointAt: number): { digits: number[]; weight: number } {
  const zeros = /^0*/.exec(decimal)?.[0].length ?? 0
  const significant = decimal.slice(zeros).replace(/0+$/, '')
  if (significant === '') return { digits: [], weight: 0 }
  const wholePlaces = pointAt - zeros
  const weight = Math.ceil(wholePlaces / 4) - 1
  const padded = '0'.repeat((weight + 1) * 4 - wholePlaces) + significant
  const digits: number[] = []
  for (let at = 0; at < padded.length; at += 4) digits.push(Number(padded.slice(at, at + 4).padEnd(4, '0')))
  return { digits, weight }
}
