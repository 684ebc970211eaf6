import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import type { AwsEnvironment } from '../aws/proxy-settings.ts'

/**
 * By default the SDK sends to the host in the queue URL: it bypasses a configured proxy or emulator, ignores FIPS and
 * dual-stack, and logs a warning at every call when the host is not the one that it would choose.
 */
export function endpointOfQueue(
  configured: string | undefined,
  own: string | undefined,
  env: AwsEnvironment,
): SQSClientConfig {
  if (configured !== undefined) return { endpoint: configured, useQueueUrlAsEndpoint: false }
  // A given address is used as it is. The SDK refuses to look for a variant of it.
  if (own !== undefined) return { endpoint: own, useFipsEndpoint: false, useDualstackEndpoint: false }
  const wantsVariant = env.AWS_USE_FIPS_ENDPOINT === 'true' || env.AWS_USE_DUALSTACK_ENDPOINT === 'true'
  return wantsVariant ? { useQueueUrlAsEndpoint: false } : {}
}

/** The origin of a queue that is not at the default address of SQS in its Region: behind a VPC endpoint, or of another service. */
export function ownEndpointOf(queueUrl: string): string | undefined {
  if (!URL.canParse(queueUrl)) return undefined
  const { origin, protocol, hostname, port } = new URL(queueUrl)
  const isPlain = /^sqs\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(hostname)
  return isPlain && protocol === 'https:' && port === '' ? undefined : origin
}
