import { visibleJson } from '@aftercall/runtime/text/visible-text'

/** JSON with control characters escaped: the same data, and nothing in it can control the terminal. */
export function formatJson(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, null, indent))
}
