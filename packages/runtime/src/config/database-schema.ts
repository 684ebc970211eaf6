import { z } from 'zod'
import { areHosts, hostAdvice, urlOfParts } from './database-parts.ts'
import { readDatabaseUrl } from './database-url.ts'

/** A variable that is set but empty counts as left out. */
const part = z.exactOptional(z.string())

const databaseKeys = z.strictObject({
  /** May contain a password, so it is never part of a message. */
  url: z.exactOptional(z.string().superRefine(checkUrl)),
  /** Parts that replace those of the URL, and need no percent-encoding. With a host, the URL may be left out. */
  host: z.exactOptional(z.string().refine(areHosts, hostAdvice)),
  port: z.exactOptional(z.int().min(1).max(65_535)),
  user: part,
  password: part,
  name: part,
  /** The most connections of one process. */
  poolMax: z.int().min(1).max(200).default(4),
  /** Postgres cancels statements that take longer. */
  statementTimeoutSeconds: z.int().min(1).max(3600).default(60),
  /** How connections are encrypted. By default `verify`, and `off` on this machine; see `readTls`. */
  tls: z.exactOptional(z.enum(['verify', 'require', 'off'])),
  /** A PEM file with the certificate authorities to trust, instead of those of Node. */
  tlsCaFile: z.exactOptional(z.string().min(1)),
  /** Commands that load data refuse to run as a superuser without it. */
  allowSuperuser: z.exactOptional(z.boolean()),
})

/**
 * The section `database`. Everything after this knows only the URL; without URL and host it is empty, which the rules report
 * together with all other problems.
 */
export const databaseSchema = databaseKeys.transform(
  ({ host, port, user, password, name, url, ...others }) => ({
    ...others,
    url: urlOfParts({ url, host, port, user, password, name }) ?? '',
  }),
)

function checkUrl(text: string, context: z.RefinementCtx<string>): void {
  const result = readDatabaseUrl(text)
  if (text !== '' && result.kind === 'problem') context.addIssue({ code: 'custom', message: result.message })
}
