import { createAlbVerifier } from '../../../services/console/src/alb-token.ts'
import { must, type Target } from '../target.ts'

const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/aftercall/0123456789abcdef'
const nowMs = Date.parse('2026-11-30T12:00:00Z')

/** Signed once by a key that nothing else uses: a signature is different each time that it is made. */
const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/pv0dL3c2/aghodJSRN1KK4SrAC2
H0rB1v8D1AC3Zt6g6V+BKCehThVv2PHv1luHKicgju6i1bwa4Ag/3F/R6w==
-----END PUBLIC KEY-----
`
const tokens = {
  'ana@example.com': [
    'eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS0xIiwic2lnbmVyIjoiYXJuOmF3czplbGFzdGljbG9hZGJhbGFuY2luZzpldS13',
    'ZXN0LTE6MTIzNDU2Nzg5MDEyOmxvYWRiYWxhbmNlci9hcHAvYWZ0ZXJjYWxsLzAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3',
    'OTYwNDAwNjB9.eyJzdWIiOiJ1MSIsImVtYWlsIjoiYW5hQGV4YW1wbGUuY29tIn0=.NLtwjaPwGckvqd46mEFl1uKfijz45O',
    'GvWCUTVcDmmVSvXyqo0QNs_jMrgq__8Q-Vtidz17eWBwShhiaL-Yf2Wg==',
  ].join(''),
  u2: [
    'eyJhbGciOiJFUzI1NiIsImtpZCI6ImtleS0xIiwic2lnbmVyIjoiYXJuOmF3czplbGFzdGljbG9hZGJhbGFuY2luZzpldS13',
    'ZXN0LTE6MTIzNDU2Nzg5MDEyOmxvYWRiYWxhbmNlci9hcHAvYWZ0ZXJjYWxsLzAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3',
    'OTYwNDAwNjB9.eyJzdWIiOiJ1MiJ9.iUzoJofPzMTfMlv0exv-CRfEcRWeGrLDZDQkriV39Csf-Xsupg3TB6KIRpEvvV8_QW',
    'exilKgfea9DUt1_vq5Rg==',
  ].join(''),
}

/** The header that a load balancer adds to requests of the console. */
export function identityToken(): Target {
  const verify = createAlbVerifier({
    arn,
    nowMs: () => nowMs,
    fetchKey: async (id) => {
      if (id !== 'key-1') throw new Error('no such key')
      return pem
    },
  })
  return {
    name: 'identity-token',
    bytesMax: 32_768,
    form: 'text',
    seeds: () => Object.values(tokens).map((token) => Buffer.from(token)),
    words: [
      '.',
      '=',
      '==',
      '-',
      '_',
      '+',
      '/',
      'eyJ',
      'eyJhbGciOiJub25lIn0=',
      ...Object.values(tokens).flatMap((token) => token.split('.')),
    ],
    bound: {
      steps: { least: 5_000, perByte: 5 },
      allocated: { least: 1_000_000, perByte: 500 },
    },
    async read(bytes) {
      const token = Buffer.from(bytes).toString('latin1')
      const name = await verify(token)
      if (name === null) return name
      // A signature can be written in several ways in base64, what it signs only in one.
      const signed = Object.entries(tokens).find(([own]) => own === name)?.[1]
      must(signed !== undefined, 'only names that were signed are believed')
      must(signedPart(token) === signedPart(signed), 'only what was signed is believed')
      return name
    },
  }
}

function signedPart(token: string): string {
  return token.split('.').slice(0, 2).join('.')
}
