import type { HttpRequest } from './http-message.ts'

/** Visible ASCII, which is all that an encoded path has. */
const pathText = /^[\x21-\x7e]+$/
/** Visible ASCII, space and tab, so nothing that ends a line. */
const headerText = /^[\t\x20-\x7e]*$/

/** The bytes of a request, as text. @throws TypeError for a path or a header that cannot be sent. */
export function writeHttpRequest({ method, origin, path, headers, body }: HttpRequest): string {
  if (!pathText.test(path)) throw new TypeError('the path of a request holds a character that cannot be sent')
  let text = `${method} ${path} HTTP/1.1\r\n`
  if (headers.host === undefined) text += `host: ${origin.slice(origin.indexOf('//') + 2)}\r\n`
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (!headerText.test(value))
      throw new TypeError(`the header ${name} holds a character that cannot be sent`)
    text += `${name}: ${value}\r\n`
  }
  if (body === undefined) return `${text}\r\n`
  return `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
