import assert from 'node:assert/strict'
import { test } from 'node:test'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AftercallStack } from '../src/aftercall-stack.ts'
import type { Deployment } from '../src/deployment.ts'
import { configurations } from './configurations.ts'
import { type CfnTemplate, resourcesOf, templates } from './synthesised.ts'

const good: Deployment = configurations['new-bucket']
const given: Deployment = configurations.given
const closed: Deployment = configurations.private
const certificate = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(1_500)}\n-----END CERTIFICATE-----\n`

const refused: [what: string, deployment: Deployment, names: RegExp][] = [
  ['a setting that is misspelt', { ...good, settings: { wroker: {} } }, /wroker/],
  [
    'prefixes that overlap',
    {
      ...good,
      sources: [
        { name: 'one', prefix: 'm/' },
        { name: 'two', prefix: 'm/x/' },
      ],
    },
    /"one" .* and "two" .* overlap/,
  ],
  [
    'a source name that the tables do not take',
    { ...good, sources: [{ name: 'Acme Inc', prefix: '' }] },
    /name/,
  ],
  [
    'the certificates of all Regions',
    { ...good, databaseCertificates: certificate.repeat(120) },
    /120 certificates of \d+ bytes do not fit into a task definition/,
  ],
  [
    'an image without a version',
    { ...good, image: 'registry.example.com:5000/aftercall' },
    /must name a tag/,
  ],
  ['a tag that moves', { ...good, image: 'registry.example.com/aftercall:latest' }, /must name a tag/],
  [
    'no NAT gateway, and no way to SQS',
    { ...closed, privateEndpoints: ['secretsmanager', 'logs', 'ecr'] },
    /privateEndpoints: without a NAT gateway, sqs must be among them/,
  ],
  [
    'no NAT gateway, and a collector from the internet',
    { ...closed, collector: { image: 'ghcr.io/otel/collector:1' } },
    /collector: .* its image must be in ECR/,
  ],
  [
    'a console on the internet in a VPC without public subnets',
    { ...given, console: { ...configurations.given.console, reach: 'internet' } },
    /network\.publicSubnetIds/,
  ],
  [
    'people who may act where no worker runs',
    {
      ...good,
      compute: { kind: 'lambda', concurrencyMax: 2 },
      console: { ...configurations['new-bucket'].console },
    },
    /console\.actors: workers carry actions out/,
  ],
  [
    'people who may act where the keys of the load balancer cannot be fetched',
    { ...closed, console: configurations['new-bucket'].console },
    /console\.actors: the console fetches .* through a NAT gateway/,
  ],
  [
    'an actor without a name',
    { ...good, console: { ...configurations['new-bucket'].console, actors: [''] } },
    /console\.actors/,
  ],
  [
    'a variable in the settings without its secret',
    { ...good, settings: { identity: { key: ['$', '{IDENTITY_KEY}'].join('') } } },
    /IDENTITY_KEY/,
  ],
  [
    'a secret for Lambda',
    { ...good, compute: { kind: 'lambda', concurrencyMax: 2 }, secrets: { KEY: { secretArn: 'arn' } } },
    /secrets: the function of the Lambda variant/,
  ],
  [
    'a lake without a prefix',
    { ...good, publish: { bucketName: 'acme-lake', prefix: '' } },
    /publish\.prefix: must name a folder/,
  ],
  [
    'a lake whose prefix ends with a slash',
    { ...good, publish: { bucketName: 'acme-lake', prefix: 'aftercall/' } },
    /publish\.prefix: .* without a slash/,
  ],
  [
    'a time between turns that is none',
    { ...good, publish: { bucketName: 'acme-lake', prefix: 'aftercall', every: 'hourly' } },
    /publish\.every: must be a duration such as 15m, not hourly/,
  ],
  [
    'a lake where no worker runs',
    { ...good, compute: { kind: 'lambda', concurrencyMax: 2 } },
    /publish: workers note which days have changed/,
  ],
  [
    'subnets that are not one for each zone',
    {
      ...given,
      network: { ...configurations.given.network, databaseSubnetIds: ['subnet-1', 'subnet-2', 'subnet-3'] },
    },
    /network\.databaseSubnetIds: .* each of network\.zones/,
  ],
]

for (const [what, deployment, names] of refused) {
  test(`synth refuses ${what}`, () => {
    assert.throws(() => new AftercallStack(new App(), deployment), names)
  })
}

test('synth says all that is wrong at once', () => {
  const deployment = { ...closed, privateEndpoints: [], settings: { wroker: {} } }
  assert.throws(() => new AftercallStack(new App(), deployment), /privateEndpoints[\s\S]*wroker/)
})

test('an app without our context flags gets the same template', () => {
  const stack = new AftercallStack(new App(), good)
  const { Resources } = Template.fromStack(stack).toJSON() as CfnTemplate
  assert.deepEqual(Object.keys(Resources), Object.keys(templates['new-bucket'].Resources))
})

test('an image by digest is pulled from ECR with the rights of the task', () => {
  const pulled = (name: 'new-bucket' | 'given') =>
    resourcesOf(templates[name], 'AWS::IAM::Policy').filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('ecr:BatchGetImage'),
    )
  assert.ok(pulled('new-bucket').length > 0)
  assert.equal(pulled('given').length, pulled('new-bucket').length)
  const images = resourcesOf(templates.given, 'AWS::ECS::TaskDefinition').flatMap(([, { Properties }]) =>
    (Properties.ContainerDefinitions as { Image: unknown }[]).map(({ Image }) => JSON.stringify(Image)),
  )
  assert.ok(images.some((image) => image.includes(`/platform/aftercall@sha256:${'5e'.repeat(32)}`)))
})

test('a VPC, a database and a topic that are given are not made', () => {
  for (const type of [
    'AWS::EC2::VPC',
    'AWS::EC2::NatGateway',
    'AWS::RDS::DBCluster',
    'AWS::SNS::Subscription',
  ])
    assert.deepEqual(resourcesOf(templates.given, type), [], type)
  const ingress = resourcesOf(templates.given, 'AWS::EC2::SecurityGroupIngress').filter(
    ([, { Properties }]) => Properties.GroupId === 'sg-0123456789abcdef0',
  )
  // Workers, console, and the three functions that rotate passwords.
  assert.equal(ingress.length, 5)
  for (const [, { Properties }] of ingress)
    assert.deepEqual([Properties.FromPort, Properties.ToPort], [5433, 5433])
})

test('NAT gateways: none, one, or one for each zone', () => {
  const count = (name: 'private' | 'new-bucket' | 'cross-account') =>
    resourcesOf(templates[name], 'AWS::EC2::NatGateway').length
  assert.deepEqual([count('private'), count('new-bucket'), count('cross-account')], [0, 1, 2])
  const [vpc] = resourcesOf(templates.private, 'AWS::EC2::VPC')
  assert.equal(vpc?.[1].Properties.CidrBlock, '10.80.0.0/20')
})
