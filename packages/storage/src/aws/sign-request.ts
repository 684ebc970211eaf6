import { createHmac, hash } from 'node:crypto'

/** The parts of an HTTP request that a signature covers. */
export type SignableRequest = {
  method: string
  /** Percent-encoded, without a query. */
  path: string
  /** In the form of `writeQuery`. */
  query: string
  /** Must include `host`. Names in lower case. */
  headers: Readonly<Record<string, string>>
  body?: string | undefined
}

/** Region and service that the signature is valid for. */
export type SigningScope = { region: string; service: string }

export type SigningKeys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }

/** Returns the request's headers, including those of the signature. */
export type RequestSigner = (
  request: SignableRequest,
  scope: SigningScope,
  keys: SigningKeys,
  at: Date,
) => Record<string, string>

const algorithm = 'AWS4-HMAC-SHA256'
const emptyHash = hash('sha256', '')
/** Never signed, because proxies may change it. */
const unsignedHeader = 'user-agent'

/** Shared by all signatures of one day, Region, service, and key. */
type Scoped = { secretAccessKey: string; credentialScope: string; hmac: Hmac }

/**
 * Creates signature version 4 in the header, with the payload's hash
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). The SDK's own signer takes
 * 0.10 ms of CPU, which is more than the rest of fetching a small object. This one takes a tenth.
 */
export function createRequestSigner(): RequestSigner {
  const known = new Map<string, Scoped>()
  const writeTime = createTimeWriter()

  function scopedTo({ region, service }: SigningScope, secretAccessKey: string, day: string): Scoped {
    const name = `${region}/${service}`
    const credentialScope = `${day}/${name}/aws4_request`
    const cached = known.get(name)
    if (cached?.credentialScope === credentialScope && cached.secretAccessKey === secretAccessKey)
      return cached
    const key = deriveKey(secretAccessKey, [day, region, service, 'aws4_request'])
    const scoped = { secretAccessKey, credentialScope, hmac: createHmacOf(key) }
    known.set(name, scoped)
    return scoped
  }

  return (request, scope, keys, at) => {
    const time = writeTime(at)
    const payloadHash = request.body === undefined ? emptyHash : hash('sha256', request.body)
    const headers: Record<string, string> = {
      ...request.headers,
      'x-amz-date': time,
      'x-amz-content-sha256': payloadHash,
    }
    if (keys.sessionToken) headers['x-amz-security-token'] = keys.sessionToken
    const names = Object.keys(headers).sort()
    const signedNames = unsignedHeader in headers ? names.filter((name) => name !== unsignedHeader) : names
    const { credentialScope, hmac } = scopedTo(scope, keys.secretAccessKey, time.slice(0, 8))
    const canonical = canonicalRequest(request, scope.service, headers, signedNames, payloadHash)
    const signature = hmac(`${algorithm}\n${time}\n${credentialScope}\n${hash('sha256', canonical)}`)
    headers.authorization = `${algorithm} Credential=${keys.accessKeyId}/${credentialScope}, SignedHeaders=${signedNames.join(';')}, Signature=${signature}`
    return headers
  }
}

/** HMAC-SHA-256 of ASCII text, in hex. */
type Hmac = (text: string) => string

const blockBytes = 64

/**
 * Built from two plain hashes (https://www.rfc-editor.org/rfc/rfc2104, section 2): Node's own HMAC allocates an object outside
 * the heap each time, which costs as much as the rest of the signature.
 */
function createHmacOf(key: Uint8Array): Hmac {
  let inner = Buffer.alloc(blockBytes + 256, 0x36)
  const outer = Buffer.alloc(blockBytes + 32, 0x5c)
  for (const [at, byte] of key.entries()) {
    inner[at] = 0x36 ^ byte
    outer[at] = 0x5c ^ byte
  }
  return (text) => {
    const end = blockBytes + text.length
    if (end > inner.length) inner = Buffer.concat([inner.subarray(0, blockBytes)], end)
    inner.write(text, blockBytes, 'latin1')
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockBytes, 'latin1')
    return hash('sha256', outer)
  }
}

function canonicalRequest(
  request: SignableRequest,
  service: string,
  headers: Readonly<Record<string, string>>,
  signedNames: readonly string[],
  payloadHash: string,
): string {
  // All services but S3 encode a path twice.
  const path = service.startsWith('s3') ? request.path : encodePath(request.path)
  let lines = ''
  for (const name of signedNames) lines += `${name}:${oneSpaced(headers[name] ?? '')}\n`
  return `${request.method}\n${path}\n${request.query}\n${lines}\n${signedNames.join(';')}\n${payloadHash}`
}

/** `20260323T201700Z`, formatted once a second. */
function createTimeWriter(): (at: Date) => string {
  let second = Number.NaN
  let written = ''
  return (at) => {
    const now = Math.floor(at.getTime() / 1_000)
    if (now === second) return written
    const iso = at.toISOString()
    second = now
    written = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
    return written
  }
}

/** Normalizes white space as a server does. Most values need no change, and testing is cheaper than replacing. */
function oneSpaced(value: string): string {
  return /^\s|\s\s|\t|\s$/.test(value) ? value.trim().replace(/\s+/g, ' ') : value
}

/** Encoded and sorted as the signature requires. The same text can be sent. */
export function writeQuery(query: Readonly<Record<string, string>>): string {
  const parts: string[] = []
  for (const name in query) parts.push(`${encodeStrictly(name)}=${encodeStrictly(query[name] ?? '')}`)
  return parts.length > 1 ? parts.sort().join('&') : (parts[0] ?? '')
}

/** Most text needs no encoding, and testing is cheaper than encoding. */
const plainText = /^[\w.~-]*$/
const plainPath = /^[\w.~/-]*$/

/** Percent-encodes everything except A–Z a–z 0–9 - . _ ~, as the signature requires. */
function encodeStrictly(text: string): string {
  if (plainText.test(text)) return text
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The same, but keeps slashes. */
export function encodePath(path: string): string {
  if (plainPath.test(path)) return path
  return encodeStrictly(path).replaceAll('%2F', '/')
}

function deriveKey(secretAccessKey: string, steps: readonly string[]): Uint8Array {
  let key: string | Buffer = `AWS4${secretAccessKey}`
  for (const step of steps) key = createHmac('sha256', key).update(step).digest()
  return Buffer.from(key)
}
