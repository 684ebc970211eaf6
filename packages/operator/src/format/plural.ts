import { formatNumber } from './number.ts'

/** `1 object`, `1,200 objects`, `2 deliveries`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`
}

/** `once`, `3 times`. */
export function formatTimes(number: number): string {
  return number === 1 ? 'once' : formatCount(number, 'time')
}
