import { type ByteWriter, reserve, writeInt16 } from './byte-writer.ts'
import { UnwritableValueError } from './unwritable-value-error.ts'

const positive = 0
const negative = 0x4000
const decimalNumber = /^[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?$/

/**
 * A decimal number in the form of `numeric_recv`: digits to the base 10,000, the weight of the first, the sign, and how
 * many decimal places are shown.
 */
export function writeNumeric(out: ByteWriter, value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 10_000) {
    writeDigit(out, value)
    return
  }
  const text = String(value)
  if (!decimalNumber.test(text)) throw new UnwritableValueError('numeric')
  const [mantissa = '', exponentText = '0'] = text.toLowerCase().split('e')
  const isNegative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const exponent = Number(exponentText)
  const places = Math.max(0, fraction.length - exponent)
  const { digits, weight } = groupDigits(whole + fraction, whole.length + exponent)
  reserve(out, 8 + digits.length * 2)
  writeInt16(out, digits.length)
  writeInt16(out, weight)
  writeInt16(out, isNegative && digits.length > 0 ? negative : positive)
  writeInt16(out, places)
  for (const digit of digits) writeInt16(out, digit)
}

/** Most are ratings and seconds: one digit. */
function writeDigit(out: ByteWriter, digit: number): void {
  writeInt16(out, 1)
  writeInt16(out, 0)
  writeInt16(out, positive)
  writeInt16(out, 0)
  writeInt16(out, digit)
}

/** `pointAt` is where the decimal point stands, counted from the left end of the digits; it may lie outside. */
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
