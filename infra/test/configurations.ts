import type { Deployment } from '../src/deployment.ts'

const oidc = {
  issuer: 'https://login.example.com',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
  clientId: 'aftercall',
  clientSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:aftercall-oidc-AbCdEf',
}
const databaseCertificates = '-----BEGIN CERTIFICATE-----\nof a test\n-----END CERTIFICATE-----\n'

/** Together they use every option of a deployment. */
export const configurations = {
  'new-bucket': {
    name: 'aftercall',
    bucket: { kind: 'new', bucketName: 'acme-session-files', versioned: true, expireDays: 400 },
    announce: 'direct',
    sources: [
      { name: 'acme', prefix: 'metadata/acme/', timeZone: 'America/New_York' },
      { name: 'globex', prefix: 'metadata/globex/', retentionMonths: 24 },
    ],
    database: { kind: 'aurora', capacityMin: 0.5, capacityMax: 8 },
    databaseCertificates,
    image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/aftercall:0.1.0',
    compute: { kind: 'fargate', tasksMin: 1, tasksMax: 4 },
    alarms: { email: 'oncall@example.com', runbookUrl: 'https://example.com/runbook' },
    console: {
      domainName: 'aftercall.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/5c2a3f6e-7b1d-4e0a-9c8d-2f4b6a1e3d57',
      reach: 'internet',
      allowedCidrs: ['203.0.113.0/24', '198.51.100.7/32'],
      oidc,
    },
    tags: { owner: 'contact-center' },
  },
  'cross-account': {
    name: 'aftercall-shared',
    bucket: {
      kind: 'existing',
      bucketName: 'platform-exports',
      ownerAccount: '444455556666',
      keyArn: 'arn:aws:kms:eu-west-1:444455556666:key/0f4a8f0c-2b1d-4c58-9d2f-3a7d1e6b5c90',
    },
    announce: 'eventbridge',
    sources: [{ name: 'initech', prefix: 'sessions/' }],
    database: { kind: 'rds', instance: 'm7g.large', storageGiB: 100, storageMaxGiB: 1000 },
    databaseCertificates,
    image: 'registry.example.com/aftercall:0.1.0',
    compute: { kind: 'fargate', tasksMin: 2, tasksMax: 6 },
    settings: { raw: 'all' },
    console: {
      domainName: 'aftercall.corp.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c6b',
      reach: 'internal',
      allowedCidrs: ['10.0.0.0/8'],
      oidc,
    },
    privateEndpoints: ['sqs', 'secretsmanager', 'logs', 'kms', 'ecr'],
  },
  'lambda-sftp-google': {
    name: 'aftercall-small',
    bucket: { kind: 'new', bucketName: 'small-session-files', versioned: false },
    announce: 'direct',
    sources: [{ name: 'hooli', prefix: '' }],
    database: { kind: 'aurora', capacityMin: 0.5, capacityMax: 2 },
    databaseCertificates,
    image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/aftercall:0.1.0',
    compute: { kind: 'lambda', concurrencyMax: 4 },
    alarms: { quietMinutesMax: 0, freshnessSeconds: 21_600, rejectedPercentMax: 10 },
    sftp: {
      allowedCidrs: ['203.0.113.0/24'],
      users: [
        { name: 'platform', publicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample'], prefix: 'sftp/' },
        {
          name: 'archive',
          publicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther'],
          prefix: 'archive/',
          mayRename: true,
        },
      ],
    },
    googleCopy: {
      bucket: 'hooli-exports',
      prefix: 'metadata/',
      toPrefix: 'google/',
      hmacSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hooli-hmac-AbCdEf',
      everyMinutes: 15,
    },
  },
} satisfies Record<string, Deployment>

export type ConfigurationName = keyof typeof configurations
