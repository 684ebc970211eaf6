import { visibleJson } from '@aftercall/runtime/text/visible-text'

/** A value for machines: the same data for any reader, and nothing in it steers the terminal that it may be printed to. */
export function printJson(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, null, indent))
}
