import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** The default of Postgres. */
const iterations = 4096

/**
 * What Postgres stores in place of a password (RFC 5803), and takes in `create role … password`. So neither the SQL nor the
 * server's log has the password. The password has to be ASCII: others would need SASLprep.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const sign = (text: string) => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64')
  const serverKey = sign('Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
