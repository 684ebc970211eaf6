/** What one installation is made of. Plain data: `bin/aftercall.ts` is the example. */
export type Deployment = {
  /** Name of the stack, of its metrics and alarms; a-z, 0-9 and -. */
  name: string
  bucket: NewBucket | ExistingBucket
  /** How new objects are told to the live queue. */
  announce: 'direct' | 'eventbridge'
  /** Parts of the bucket, each a tenant of its own. No prefix may begin with another. */
  sources: readonly [Source, ...Source[]]
  database: AuroraDatabase | RdsDatabase
  /**
   * PEM text of the certificate authorities of Amazon RDS in your Region
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.CertificatesDownload).
   */
  databaseCertificates: string
  /** Of the `aftercall` command; its entry point is the command itself. `…/name:tag`, never without a tag. */
  image: string
  compute: FargateCompute | LambdaCompute
  /** Further keys of aftercall.yaml, for example `{ raw: 'all' }`. */
  settings?: Readonly<Record<string, unknown>>
  alarms?: AlarmGoals
  /** The web page for whoever runs it; left out, there is none. */
  console?: ConsoleAccess
  sftp?: SftpAccess
  googleCopy?: GoogleCopySource
  /** AWS services to be reached without the internet, besides S3: each costs by the hour. */
  privateEndpoints?: readonly PrivateEndpoint[]
  tags?: Readonly<Record<string, string>>
}

export type NewBucket = {
  kind: 'new'
  bucketName: string
  versioned: boolean
  /** Objects are deleted when they are so old; left out, never. */
  expireDays?: number
}

export type ExistingBucket = {
  kind: 'existing'
  bucketName: string
  /** Of the account that owns it, where that is another one; see infra/README.md for what its owner has to do. */
  ownerAccount?: string
  /** Of KMS, where objects are encrypted with a key. */
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

/** Capacity in ACU, 2 GiB of memory each. */
export type AuroraDatabase = { kind: 'aurora'; capacityMin: number; capacityMax: number }
/** `instance` such as `m7g.large`. */
export type RdsDatabase = { kind: 'rds'; instance: string; storageGiB: number; storageMaxGiB: number }

export type FargateCompute = { kind: 'fargate'; tasksMin: number; tasksMax: number }
/** Invocations at the same time at the most, 2 or more; each has two connections to the database. */
export type LambdaCompute = { kind: 'lambda'; concurrencyMax: number }

export type AlarmGoals = {
  /** Who is told; left out, alarms only show in CloudWatch. */
  email?: string
  /** So long without a single new object is an alarm. Default 360; 0 for no such alarm. */
  quietMinutesMax?: number
  /** 95 % of the sessions are stored so long after their end. One of the buckets of `aftercall_freshness_seconds`. Default 3600. */
  freshnessSeconds?: 300 | 900 | 3600 | 21_600 | 86_400
  /** Percent of the objects. Default 5. */
  rejectedPercentMax?: number
  /** Where docs/runbook.md can be read. Default: the path in the repository. */
  runbookUrl?: string
}

export type ConsoleAccess = {
  /** In lower case, for example `aftercall.example.com`; your DNS points it at the load balancer, whose name is in the outputs. */
  domainName: string
  /** A certificate of AWS Certificate Manager for that name, of the same Region. */
  certificateArn: string
  /** Whether the load balancer has public addresses, or only such of the VPC. */
  reach: 'internet' | 'internal'
  /** Only from there may a browser connect, for example `203.0.113.0/24`. */
  allowedCidrs: readonly [string, ...string[]]
  /** Who signs people in; `https://…/.well-known/openid-configuration` of the provider has the first four. */
  oidc: {
    issuer: string
    authorizationEndpoint: string
    tokenEndpoint: string
    userInfoEndpoint: string
    clientId: string
    /** A secret `{"clientSecret": "…"}`. */
    clientSecretArn: string
  }
}

export type SftpAccess = {
  /** Only these may connect, for example `203.0.113.0/24`. */
  allowedCidrs: readonly [string, ...string[]]
  users: readonly [SftpUser, ...SftpUser[]]
}

export type SftpUser = {
  name: string
  /** In the form of authorized_keys. */
  publicKeys: readonly [string, ...string[]]
  /** The user's root folder; it should lie under the prefix of a source. */
  prefix: string
  /** For clients that upload under another name first: renaming takes the right to read and delete. */
  mayRename?: boolean
}

export type GoogleCopySource = {
  bucket: string
  /** Below it everything is copied to `toPrefix` of the landing bucket. */
  prefix: string
  toPrefix: string
  /** A secret `{"accessKeyId": "…", "secretAccessKey": "…"}` with an HMAC key that may list and read the bucket. */
  hmacSecretArn: string
  everyMinutes: number
  /** Default: rclone/rclone at the tag this was written for. */
  image?: string
}

export type PrivateEndpoint = 'sqs' | 'secretsmanager' | 'logs' | 'kms' | 'ecr'
