import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { LakePublishing } from '../src/deployment.ts'
import { configurations } from './configurations.ts'
import { resolve } from './resolve.ts'
import { resourcesOf, templates } from './synthesised.ts'

const containerSchema = z.object({
  Name: z.string(),
  Command: z.array(z.string()).default([]),
  Secrets: z.array(z.object({ ValueFrom: z.string() })).default([]),
})
const statementSchema = z.object({
  Action: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
  Resource: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
})

for (const name of ['new-bucket', 'given', 'private'] as const) {
  const template = templates[name]
  const lake: LakePublishing = configurations[name].publish
  const place = `arn:aws:s3:::${lake.bucketName}`
  const [task] = resourcesOf(template, 'AWS::ECS::TaskDefinition').filter(([id]) => id.startsWith('Publish'))
  const role = String(resolve(template, task?.[1].Properties.TaskRoleArn)).split(':').at(-1) ?? ''

  test(`${name}: the publisher writes to its lake, with a login of its own`, () => {
    const containers = z
      .array(containerSchema)
      .parse(resolve(template, task?.[1].Properties.ContainerDefinitions))
    const own = containers.find((container) => container.Name === 'Aftercall')
    const to = `s3://${lake.bucketName}/${lake.prefix}`
    assert.deepEqual(own?.Command, ['publish', '--to', to, '--every', lake.every ?? '15m'])
    assert.equal(own?.Secrets.length, 2)
    for (const { ValueFrom } of own?.Secrets ?? []) assert.match(ValueFrom, /^LoginPublisherSecret/)
    const prepare = resourcesOf(template, 'AWS::Lambda::Function').find(([id]) =>
      id.startsWith('LoginPrepare'),
    )
    const { Variables } = z
      .object({ Variables: z.record(z.string(), z.unknown()) })
      .parse(prepare?.[1].Properties.Environment)
    assert.match(JSON.stringify(Variables.PUBLISHER_SECRET_ARN), /LoginPublisherSecret/)
  })

  test(`${name}: the publisher has rights below the prefix of its lake only`, () => {
    const statements = resourcesOf(template, 'AWS::IAM::Policy')
      .filter(([, { Properties }]) => (resolve(template, Properties.Roles) as string[]).includes(role))
      .flatMap(
        ([, { Properties }]) =>
          z
            .object({ Statement: z.array(statementSchema) })
            .parse(resolve(template, Properties.PolicyDocument)).Statement,
      )
    const ofKey = lake.keyArn === undefined ? [] : [lake.keyArn]
    assert.deepEqual(
      statements.flatMap(({ Resource }) => Resource).sort(),
      [...ofKey, place, `${place}/${lake.prefix}/*`].sort(),
    )
    const list = statements.find(({ Action }) => Action.includes('s3:ListBucket'))
    assert.deepEqual(list?.Condition, {
      StringLikeIfExists: { 's3:prefix': [`${lake.prefix}/*`] },
    })
    const objects = statements.find(({ Resource }) => Resource.includes(`${place}/${lake.prefix}/*`))
    assert.deepEqual(objects?.Action.sort(), [
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:GetObject',
      's3:PutObject',
    ])
  })

  test(`${name}: one publisher runs, after migrations, in the group that reaches the database`, () => {
    const service = resourcesOf(template, 'AWS::ECS::Service').find(([id]) => id.startsWith('Publish'))
    const { Properties, DependsOn } = service?.[1] ?? {}
    assert.equal(Properties?.DesiredCount, 1)
    assert.match(JSON.stringify(DependsOn), /LoginPrepareTrigger/)
    const groups = resolve(template, Properties?.NetworkConfiguration)
    assert.match(JSON.stringify(groups), /DatabaseClients/)
  })
}

test('without `publish`, nothing of it is made', () => {
  for (const name of ['cross-account', 'lambda-sftp-google'] as const)
    assert.deepEqual(
      Object.keys(templates[name].Resources).filter((id) => id.includes('Publish')),
      [],
    )
})
