import { readFileSync } from 'node:fs'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { AftercallStack } from '../src/aftercall-stack.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))

/** An example to adapt. src/deployment.ts explains every key. */
new AftercallStack(app, {
  name: 'aftercall',
  bucket: { kind: 'new', bucketName: 'acme-session-files', versioned: true },
  announce: 'direct',
  sources: [{ name: 'acme', prefix: 'metadata/' }],
  database: { kind: 'aurora', capacityMin: 0.5, capacityMax: 8 },
  databaseCertificates: readCertificates(),
  image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/aftercall:0.1.0',
  compute: { kind: 'fargate', tasksMin: 1, tasksMax: 4 },
  alarms: { email: 'oncall@example.com' },
  // Leave this out if you do not want the web console, or have no identity provider.
  console: {
    domainName: 'aftercall.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
    reach: 'internet',
    allowedCidrs: ['203.0.113.0/24'],
    oidc: {
      issuer: 'https://login.example.com',
      authorizationEndpoint: 'https://login.example.com/authorize',
      tokenEndpoint: 'https://login.example.com/token',
      userInfoEndpoint: 'https://login.example.com/userinfo',
      clientId: 'aftercall',
      clientSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:aftercall-oidc-AbCdEf',
    },
  },
  tags: { owner: 'contact-center' },
})

function readCertificates(): string {
  const file = new URL('../rds-ca.pem', import.meta.url)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Error(
      'infra/rds-ca.pem is missing: curl -o rds-ca.pem https://truststore.pki.rds.amazonaws.com/REGION/REGION-bundle.pem',
    )
  }
}
