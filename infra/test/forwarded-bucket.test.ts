import assert from 'node:assert/strict'
import { test } from 'node:test'
import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { ForwardedBucket } from '../src/forwarded-bucket.ts'
import { configurations } from './configurations.ts'
import { resolve } from './resolve.ts'
import { resourcesOf, templates } from './synthesised.ts'

const owner = new App()
const eventBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/default'
const { bucket, sources } = configurations['cross-account']
const forwarding = Template.fromStack(
  new ForwardedBucket(owner, 'forwarding', { bucketName: bucket.bucketName, sources, eventBusArn }),
)

test('the owner of a bucket can forward its new objects, and nothing else', () => {
  forwarding.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ Arn: eventBusArn })] })
  forwarding.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'events:PutEvents', Effect: 'Allow', Resource: eventBusArn }] },
  })
  assert.deepEqual(new AwsSolutionsChecks(owner).validateScope(owner).violations, [])
})

test('the forwarded events match the rule on the other side, which accepts only that account', () => {
  const template = templates['cross-account']
  const pattern = ([, { Properties }]: [string, { Properties: Record<string, unknown> }]) =>
    resolve(template, Properties.EventPattern) as object
  const [received] = resourcesOf(template, 'AWS::Events::Rule').map(pattern)
  const [sent] = Object.entries(forwarding.findResources('AWS::Events::Rule')).map(([id, { Properties }]) =>
    pattern([id, { Properties }]),
  )
  assert.deepEqual(received, { ...sent, account: [bucket.ownerAccount] })
  const [busPolicy] = resourcesOf(template, 'AWS::Events::EventBusPolicy')
  assert.deepEqual(resolve(template, busPolicy?.[1].Properties.Statement), {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${bucket.ownerAccount}:root` },
    Action: 'events:PutEvents',
    Resource: eventBusArn,
  })
})
