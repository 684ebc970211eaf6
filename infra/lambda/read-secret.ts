import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

/** In the format that the rotation of Amazon RDS writes. */
const loginSchema = z.object({ username: z.string().min(1), password: z.string().min(1) })
const answerSchema = z.object({ SecretString: z.string() })

export type Login = z.output<typeof loginSchema>

export class SecretError extends Error {
  override readonly name = 'SecretError'
  readonly code = 'secret_unreadable'
  readonly retryable = true
}

/**
 * Reads the name and password of a login through the secrets extension that Lambda starts next to the function
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html).
 * @throws SecretError
 */
export async function readLogin(env: Environment, secretArn: string | undefined): Promise<Login> {
  if (secretArn === undefined) throw new SecretError('the variable with the ARN of the secret is not set')
  const port = env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? '2773'
  const url = `http://127.0.0.1:${port}/secretsmanager/get?secretId=${encodeURIComponent(secretArn)}`
  const answer = await fetch(url, {
    headers: { 'X-Aws-Parameters-Secrets-Token': env.AWS_SESSION_TOKEN ?? '' },
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw new SecretError(`the secrets extension does not answer on port ${port}`, { cause })
  })
  if (!answer.ok) {
    throw new SecretError(
      `secret ${secretArn} was refused (HTTP ${answer.status}); check the function's role`,
    )
  }
  const { SecretString } = answerSchema.parse(await answer.json())
  return loginSchema.parse(JSON.parse(SecretString))
}
