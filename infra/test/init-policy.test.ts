import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workerPolicy } from '../../services/cli/src/init/worker-policy.ts'
import { resourcesOf, templates } from './synthesised.ts'

type Statement = { Action: string | string[] }

/** What the roles of the tasks of the CDK may do: of the worker, and of the commands. */
function actionsOfCdk(): Set<string> {
  const policies = resourcesOf(templates['new-bucket'], 'AWS::IAM::Policy').filter(([id]) =>
    /^(Worker|Bulk)\w*TaskRole/.test(id),
  )
  assert.equal(policies.length, 2, 'the roles of the worker and of the commands')
  return new Set(
    policies.flatMap(([, { Properties }]) =>
      (Properties.PolicyDocument as { Statement: Statement[] }).Statement.flatMap(({ Action }) => Action),
    ),
  )
}

test('the policy that init writes has the actions of the CDK, but for those of parts that init does not make', () => {
  const ours = workerPolicy({
    ...{
      source: 'acme',
      bucket: 'files',
      prefix: '',
      region: 'eu-west-1',
      timeZone: undefined,
      admin: 'postgres',
    },
    database: { host: 'db', port: 5432, name: 'aftercall' },
  })
  const actions = ours.Statement.flatMap(({ Action }) => Action)
  // The key of the bucket, the queue of bulk loads, and the log of the tasks.
  const others = /^(kms:Decrypt|sqs:SendMessage|logs:\w+)$/
  const cdk = [...actionsOfCdk()].filter((action) => !others.test(action))
  assert.deepEqual([...new Set(actions)].sort(), cdk.sort())
})
