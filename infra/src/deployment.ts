/** The settings of an installation. `bin/aftercall.ts` is an example. */
export type Deployment = {
  /** The name of the stack and the prefix of its metrics and alarms: a-z, 0-9 and -. */
  name: string
  bucket: NewBucket | ExistingBucket
  /** How new objects are announced to the live queue. */
  announce: 'direct' | 'eventbridge'
  /** Prefixes of the bucket, each a separate tenant. No prefix may begin with another. */
  sources: readonly [Source, ...Source[]]
  /** A new VPC by default. */
  network?: NewNetwork | ExistingNetwork
  database: AuroraDatabase | RdsDatabase | ExistingDatabase
  /** `none` for accounts that may not deploy the rotation functions of the Serverless Application Repository. Default `monthly`. */
  passwordRotation?: 'monthly' | 'none'
  /**
   * The certificate authorities of Amazon RDS in your Region, as PEM text
   * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.CertificatesDownload).
   */
  databaseCertificates: string
  /** The image of the `aftercall` command, which is its entry point: `…/name:tag` or `…/name@sha256:…`. */
  image: string
  /** Of the image, and of all functions. Default `arm64`. */
  architecture?: 'arm64' | 'x86_64'
  compute: FargateCompute | LambdaCompute
  /** More keys of aftercall.yaml, for example `{ raw: 'all' }`. */
  settings?: Readonly<Record<string, unknown>>
  /**
   * Secrets for `settings`, by the variable that stands for them there: with `{ IDENTITY_KEY: { secretArn } }`, set
   * `{ identity: { key: '${IDENTITY_KEY}' } }`. Only workers and bulk tasks get them.
   */
  secrets?: Readonly<Record<string, SettingSecret>>
  /** The OpenTelemetry collector next to each Fargate worker. Default: the public image. `none`: no metrics and alarms of workers. */
  collector?: { image: string } | 'none'
  alarms?: AlarmGoals
  /** The web console. Leave it out for none. */
  console?: ConsoleAccess
  /** Keeps a Parquet copy of `analytics` in a bucket (docs/lake.md). Leave it out for none. */
  publish?: LakePublishing
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

export type NewNetwork = {
  kind: 'new'
  /** The range of its addresses, at least a /20. Default 10.0.0.0/16. */
  cidr?: string
  /** `none` needs `privateEndpoints`, and images in ECR. Default `one`; `perZone` survives the failure of a zone. */
  natGateways?: 'none' | 'one' | 'perZone'
}

/** A VPC that is there already. Its work subnets reach SQS, Secrets Manager, CloudWatch and ECR, and S3 through a gateway endpoint. */
export type ExistingNetwork = {
  kind: 'existing'
  vpcId: string
  /** The range of its addresses. */
  cidr: string
  /** Two or more zones, and in each list of subnets one for each zone, in their order. */
  zones: readonly [string, string, ...string[]]
  /** For tasks, functions, and the rotation of passwords. */
  workSubnetIds: readonly [string, string, ...string[]]
  /** For a new database. Default: `workSubnetIds`. */
  databaseSubnetIds?: readonly [string, string, ...string[]]
  /** For a console with `reach: 'internet'`, and for SFTP. */
  publicSubnetIds?: readonly [string, string, ...string[]]
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

/** A Postgres server that is there already, 15 or newer. The stack migrates the database and makes its own logins. */
export type ExistingDatabase = {
  kind: 'existing'
  host: string
  /** Default 5432. */
  port?: number
  /** The database for the tables, which must exist. Default `aftercall`. */
  databaseName?: string
  /** The security group of the server. The stack adds rules that let its tasks in. */
  securityGroupId: string
  /**
   * A secret with the value `{"username": "…", "password": "…"}`: a login that may create roles, and tables in the
   * database. Only migrations, and the rotation of the stack's passwords, use it.
   */
  masterSecretArn: string
  /** The KMS key of that secret, unless it is aws/secretsmanager. */
  masterSecretKeyArn?: string
  /** What CloudWatch calls it. Without it, there are no alarms for the database. */
  metrics?: { cluster: string } | { instance: string }
}

export type FargateCompute = { kind: 'fargate'; tasksMin: number; tasksMax: number }
/** Maximum number of concurrent invocations, at least 2. Each uses two database connections. */
export type LambdaCompute = { kind: 'lambda'; concurrencyMax: number }

export type AlarmGoals = {
  /** Who is notified. Without this and a topic, alarms only show in CloudWatch. */
  email?: string
  /** An SNS topic that CloudWatch may publish to. */
  topicArn?: string
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
  /**
   * Who may ask workers for actions: e-mail addresses, or subjects where the provider gives no address. All others read.
   * The console verifies the token of the load balancer.
   */
  actors?: readonly string[]
}

export type SettingSecret = {
  /** The complete ARN of a secret whose whole value is the text. */
  secretArn: string
  /** The KMS key of the secret, unless it is aws/secretsmanager. */
  keyArn?: string
}

export type LakePublishing = {
  /** A bucket that is there already, in the Region of the stack. If another account owns it, its policy must allow the same. */
  bucketName: string
  /** The place in the bucket, without a slash at its end. Nothing else may write there. */
  prefix: string
  /** The KMS key, if the bucket encrypts with one of yours. */
  keyArn?: string
  /** How long to wait between two turns. Default `15m`. */
  every?: string
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
