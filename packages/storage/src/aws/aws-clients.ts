import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs'
import { endpointOfQueue, ownEndpointOf } from '../queue/queue-endpoint.ts'
import { endSlowBodies } from './end-slow-bodies.ts'
import { md5Of } from './md5.ts'
import type { ProgressLimits } from './progress-watch.ts'
import { type AwsEnvironment, nodeProxyEnv, readProxySettings } from './proxy-settings.ts'

export type { AwsEnvironment, S3Client }

export type AwsClientOptions = {
  env: AwsEnvironment
  /** By default from the SDK: `AWS_REGION`, then the profile. */
  region?: string | undefined
  /** The most concurrent requests. Must be at least the caller's concurrency: waiting for a socket counts as connecting. */
  connectionsMax?: number | undefined
  /** Fixed keys instead of the SDK's provider chain, for an embedded or emulated service. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
  /** How slow a body may be. `progressLimits` by default. */
  progress?: ProgressLimits | undefined
}

export type S3ClientOptions = AwsClientOptions & {
  /** Overrides the endpoint of the environment. */
  endpoint?: string | undefined
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. True by default if the host is not AWS. */
  forcePathStyle?: boolean | undefined
  /** Pays for requests and traffic of a Requester Pays bucket, which refuses requests without it. */
  requestPayer?: 'requester' | undefined
  /** S3 refuses every request for this bucket if another account owns it. */
  expectedOwner?: { bucket: string; accountId: string } | undefined
}

export type SqsClientOptions = AwsClientOptions & { queueUrl: string }

export const connectTimeoutMs = 3_000

/** `requestMs` until the headers of the answer, `idleMs` between two pieces of its body. */
export const s3Limits = { requestMs: 15_000, idleMs: 20_000, connectionsMax: 256 }

export function createS3Client(options: S3ClientOptions): S3Client {
  silenceNodeVersionWarning()
  const endpoint = options.endpoint ?? configuredEndpoint(options.env, 'S3')
  const config: S3ClientConfig = {
    ...sharedConfig(options, s3Limits),
    ...regionConfig(options.region ?? regionOfStore(options, endpoint) ?? regionOfEnv(options.env)),
    forcePathStyle: options.forcePathStyle ?? isOtherStore(endpoint),
    // The SDK's default checksums break older S3-compatible stores, and we check lengths ourselves.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  }
  const client = new S3Client(endpoint === undefined ? config : { ...config, endpoint })
  if (isOtherStore(endpoint)) removeOperationName(client)
  addAccountHeaders(client, options)
  endSlowBodies(client, options.progress)
  return client
}

/** One client for one queue (and queues in the same Region, such as its dead-letter queue). */
export function createSqsClient(options: SqsClientOptions): SQSClient {
  silenceNodeVersionWarning()
  const { env, queueUrl } = options
  const configured = configuredEndpoint(env, 'SQS')
  const own = configured === undefined ? ownEndpointOf(queueUrl) : undefined
  const region = options.region ?? regionOfQueueUrl(queueUrl) ?? regionForEndpoint(configured ?? own, env)
  const config: SQSClientConfig = {
    // SQS allows polls of up to 20 s. Calls that do not poll pass a shorter limit themselves.
    ...sharedConfig(options, { requestMs: 30_000, idleMs: 35_000, connectionsMax: 64 }),
    ...regionConfig(region ?? regionOfEnv(env)),
    // If this machine refuses to compute MD5 (FIPS), the SDK could not read any message.
    ...(md5Of('') === undefined ? { md5: false as const } : {}),
  }
  const client = new SQSClient({ ...config, ...endpointOfQueue(configured, own, env) })
  endSlowBodies(client, options.progress)
  return client
}

/**
 * The Region in a queue URL: `sqs.<region>.…` and its FIPS, VPC-endpoint, and emulator forms, or the legacy
 * `<region>.queue.amazonaws.com` (https://docs.aws.amazon.com/general/latest/gr/sqs-service.html).
 */
export function regionOfQueueUrl(queueUrl: string): string | undefined {
  const host = hostOf(queueUrl)
  if (host === 'queue.amazonaws.com') return 'us-east-1'
  const labels = host?.split('.') ?? []
  const service = labels.findIndex((label) => label === 'sqs' || label === 'sqs-fips')
  const region = service === -1 && labels[1] === 'queue' ? labels[0] : labels[service + 1]
  return region !== undefined && /^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region) ? region : undefined
}

function sharedConfig(
  options: AwsClientOptions,
  limits: { requestMs: number; idleMs: number; connectionsMax: number },
): Pick<S3ClientConfig & SQSClientConfig, 'requestHandler' | 'credentials'> {
  const agent = {
    keepAlive: true,
    maxSockets: options.connectionsMax ?? limits.connectionsMax,
    // The SDK itself does not support proxies.
    proxyEnv: nodeProxyEnv(readProxySettings(options.env)),
  }
  return {
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: limits.requestMs,
      socketTimeout: limits.idleMs,
      // Otherwise the SDK only logs a warning and keeps waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...credentialsConfig(options),
  }
}

/** Keys in the environment also come first in the SDK's chain, unless a profile is set. */
function credentialsConfig({ env, credentials }: AwsClientOptions): Pick<S3ClientConfig, 'credentials'> {
  if (credentials !== undefined) return { credentials }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  const sessionToken = env.AWS_SESSION_TOKEN
  if (!accessKeyId || !secretAccessKey || env.AWS_PROFILE) return {}
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
}

function regionConfig(region: string | undefined): { region?: string } {
  return region === undefined ? {} : { region }
}

/** A store with its own address does not use the AWS profile, which may not set a Region. */
function regionOfStore(options: S3ClientOptions, endpoint: string | undefined): string | undefined {
  const { env } = options
  const ownStore = options.endpoint !== undefined && isOtherStore(endpoint)
  return regionForEndpoint(endpoint, ownStore ? { ...env, AWS_PROFILE: undefined } : env)
}

/** An emulator ignores the Region, but the SDK refuses to start without one. */
function regionForEndpoint(endpoint: string | undefined, env: AwsEnvironment): string | undefined {
  if (!isOtherStore(endpoint)) return undefined
  return env.AWS_REGION || env.AWS_PROFILE ? regionOfEnv(env) : 'us-east-1'
}

/** The variable that the SDK reads first, without a newline that may have come from a secret. */
function regionOfEnv(env: AwsEnvironment): string | undefined {
  return env.AWS_REGION?.trim() || undefined
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function configuredEndpoint(env: AwsEnvironment, service: 'S3' | 'SQS'): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || undefined
}

/**
 * The SDK adds the operation's name to the query (`x-id`), which only AWS reads. Google Cloud Storage refuses bucket requests
 * with unknown parameters (https://github.com/nextcloud/server/issues/9716).
 */
function removeOperationName(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { query } = args.request as { query?: Record<string, unknown> }
      delete query?.['x-id']
      return next(args)
    },
    { step: 'build', name: 'removeOperationName' },
  )
}

/**
 * Adds to every request of every command who pays and who must own the bucket
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html, …/bucket-owner-condition.html).
 */
function addAccountHeaders(client: S3Client, { requestPayer, expectedOwner }: S3ClientOptions): void {
  if (requestPayer === undefined && expectedOwner === undefined) return
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      const { Bucket: bucket } = args.input as { Bucket?: string }
      if (requestPayer !== undefined) headers['x-amz-request-payer'] = requestPayer
      if (expectedOwner !== undefined && expectedOwner.bucket === bucket)
        headers['x-amz-expected-bucket-owner'] = expectedOwner.accountId
      return next(args)
    },
    { step: 'build', name: 'addAccountHeaders' },
  )
}

function isOtherStore(endpoint: string | undefined): boolean {
  return endpoint !== undefined && !isAwsHost(endpoint)
}

/** For all partitions (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html). */
const awsHost =
  /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.(aws|amazonwebservices\.com\.cn)|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk)$/

export function isAwsHost(url: string): boolean {
  return awsHost.test(hostOf(url) ?? '')
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

/** The project pins the Node version, so users cannot act on the warning. */
function silenceNodeVersionWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
}
