import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'

/** The public key with this id, in PEM. Rejects if there is none. */
export type FetchKey = (keyId: string) => Promise<string>

const headerSchema = z.object({
  alg: z.literal('ES256'),
  kid: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
  signer: z.string(),
  exp: z.number(),
})
const payloadSchema = z.object({ email: z.string().optional(), sub: z.string() })

/** Keys change rarely. The oldest is forgotten first. */
const keysMax = 16
const tokenLengthMax = 16_384

/**
 * Verifies the token that an AWS load balancer adds as `x-amzn-oidc-data`, and returns the e-mail address in it, or else the
 * subject. Null for a token that is not valid, has expired, or was signed by another load balancer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
 */
export function createAlbVerifier({
  arn,
  fetchKey = fetchRegionKey(arn),
  nowMs = Date.now,
}: {
  arn: string
  fetchKey?: FetchKey | undefined
  nowMs?: () => number
}): (token: string) => Promise<string | null> {
  const keys = new Map<string, Promise<KeyObject>>()

  function keyOf(keyId: string): Promise<KeyObject> {
    const known = keys.get(keyId)
    if (known !== undefined) return known
    const [oldest] = keys.keys()
    if (keys.size >= keysMax && oldest !== undefined) keys.delete(oldest)
    const key = fetchKey(keyId).then((pem) => createPublicKey(pem))
    keys.set(keyId, key)
    key.catch(() => keys.delete(keyId))
    return key
  }

  return async (token) => {
    if (token.length > tokenLengthMax) return null
    const [head, body, signature, ...more] = token.split('.')
    if (head === undefined || body === undefined || signature === undefined || more.length > 0) return null
    const header = headerSchema.safeParse(decode(head))
    // The signer is checked before a key is fetched: another account's load balancer has keys in the same place.
    if (!header.success || header.data.signer !== arn || header.data.exp * 1_000 <= nowMs()) return null
    const key = await keyOf(header.data.kid).catch(() => null)
    if (key === null) return null
    const isValid = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    const payload = payloadSchema.safeParse(decode(body))
    return isValid && payload.success ? (payload.data.email ?? payload.data.sub) : null
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

const fetchMsMax = 5_000

function fetchRegionKey(arn: string): FetchKey {
  const region = arn.split(':')[3] ?? ''
  return async (keyId) => {
    const answer = await fetch(`https://public-keys.auth.elb.${region}.amazonaws.com/${keyId}`, {
      signal: AbortSignal.timeout(fetchMsMax),
      redirect: 'error',
    })
    if (!answer.ok) throw new Error(`the key of the load balancer was not found (${answer.status})`)
    return answer.text()
  }
}
