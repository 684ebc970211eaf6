/** The settings of an installation. `bin/aftercall.ts` is an example. */
export type Deployment = {
  /** The name of the stack and the prefix of its metrics and alarms: a-z, 0-9 and -. */
  name: string
  bucket: NewBucket | ExistingBucket
  /** How new objects are announced to the live queue. */
  announce: 'direct' | 'eventbridge'
  /** Prefixes of the bucket, each a separate tenant. No prefix may begin with another. */
  sources: readonly [Source, ...Source[]]
  database: AuroraDatabase | RdsDatabase
  /**
   * The certificate authorities of Amazon RDS in your Region, as PEM text
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.CertificatesDownload).
   */
  databaseCertificates: string
  /** The image of the `aftercall` command, which is its entry point: `…/name:tag`, always with a tag. */
  image: string
  compute: FargateCompute | LambdaCompute
  /** More keys of aftercall.yaml, for example `{ raw: 'all' }`. */
  settings?: Readonly<Record<string, unknown>>
  alarms?: AlarmGoals
  /** The web console. Leave it out for none. */
  console?: ConsoleAccess
  sftp?: SftpAccess
  googleCopy?: GoogleCopySource
  /** AWS services to reach without the internet, in addition to S3. Each has an hourly cost. */
  privateEndpoints?: readonly PrivateEndpoint[]
  tags?: Readonly<Record<string, string>>
}

export type NewBucket = {
  kind: 'new'
  bucketName: string
  versioned: boolean
  /** Deletes objects after this many days. Leave it out to keep them. */
  expireDays?: number
}

export type ExistingBucket = {
  kind: 'existing'
  bucketName: string
  /** The account that owns the bucket, if it is another one. infra/README.md says what its owner must do. */
  ownerAccount?: string
  /** The KMS key, if objects are encrypted with one. */
  keyArn?: string
}

export type Source = {
  /** As in aftercall.yaml: it names the tenant in every table. */
  name: string
  prefix: string
  /** IANA name, for times without an offset. */
  timeZone?: string
  retentionMonths?: number
}

/** Capacity in ACU, each with 2 GiB of memory. */
export type AuroraDatabase = { kind: 'aurora'; capacityMin: number; capacityMax: number }
/** `instance`: for example `m7g.large`. */
export type RdsDatabase = { kind: 'rds'; instance: string; storageGiB: number; storageMaxGiB: number }

export type FargateCompute = { kind: 'fargate'; tasksMin: number; tasksMax: number }
/** Maximum number of concurrent invocations, at least 2. Each uses two database connections. */
export type LambdaCompute = { kind: 'lambda'; concurrencyMax: number }

export type AlarmGoals = {
  /** Who is notified. Without it, alarms only show in CloudWatch. */
  email?: string
  /** Alarm after this many minutes without a new object. Default 360; 0 turns this alarm off. */
  quietMinutesMax?: number
  /** Goal: 95 % of sessions are stored within this time after their end. A bucket of `aftercall_freshness_seconds`. Default 3600. */
  freshnessSeconds?: 300 | 900 | 3600 | 21_600 | 86_400
  /** In percent of the objects. Default 5. */
  rejectedPercentMax?: number
  /** The URL of docs/runbook.md. Default: its path in the repository. */
  runbookUrl?: string
}

export type ConsoleAccess = {
  /** In lower case, for example `aftercall.example.com`. Point it to the load balancer, whose name is in the outputs. */
  domainName: string
  /** A certificate in AWS Certificate Manager for this name, in the same Region. */
  certificateArn: string
  /** Whether the load balancer has public addresses, or only addresses of the VPC. */
  reach: 'internet' | 'internal'
  /** The ranges that browsers may connect from, for example `203.0.113.0/24`. */
  allowedCidrs: readonly [string, ...string[]]
  /** The identity provider. Its `https://…/.well-known/openid-configuration` has the first four values. */
  oidc: {
    issuer: string
    authorizationEndpoint: string
    tokenEndpoint: string
    userInfoEndpoint: string
    clientId: string
    /** A secret with the value `{"clientSecret": "…"}`. */
    clientSecretArn: string
  }
}

export type SftpAccess = {
  /** The ranges that may connect, for example `203.0.113.0/24`. */
  allowedCidrs: readonly [string, ...string[]]
  users: readonly [SftpUser, ...SftpUser[]]
}

export type SftpUser = {
  name: string
  /** In the format of authorized_keys. */
  publicKeys: readonly [string, ...string[]]
  /** The user's root folder, which should be below the prefix of a source. */
  prefix: string
  /** For clients that upload under a temporary name: renaming needs the rights to read and delete. */
  mayRename?: boolean
}

export type GoogleCopySource = {
  bucket: string
  /** Everything below this prefix is copied to `toPrefix` in the landing bucket. */
  prefix: string
  toPrefix: string
  /** A secret with the value `{"accessKeyId": "…", "secretAccessKey": "…"}`, an HMAC key that may list and read the bucket. */
  hmacSecretArn: string
  everyMinutes: number
  /** Default: rclone/rclone at the tag that this was written for. */
  image?: string
}

export type PrivateEndpoint = 'sqs' | 'secretsmanager' | 'logs' | 'kms' | 'ecr'
