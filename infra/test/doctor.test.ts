import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkNotifications } from '../../services/cli/src/doctor/check-notifications.ts'
import type { CheckResult } from '../../services/cli/src/doctor/check-result.ts'
import { checkExpirations } from '../../services/cli/src/doctor/check-source.ts'
import { judgeQueue } from '../../services/cli/src/doctor/judge-queue.ts'
import { type ConfigurationName, configurations } from './configurations.ts'
import { expirationsOf, notificationsOf, queueSettingsOf } from './settings-from-template.ts'
import { type CfnTemplate, type Resource, resourcesOf, templates } from './synthesised.ts'

for (const name of Object.keys(configurations) as ConfigurationName[]) {
  test(`doctor finds no problems in the settings of ${name}`, () => {
    const findings = examine(name, templates[name])
    assert.ok(findings.length >= 11, `only ${findings.length} checks were made`)
    assert.deepEqual(complaintsOf(findings), [])
  })
}

type Breakage = {
  of: ConfigurationName
  what: string
  damage(template: CfnTemplate): void
  /** The beginning of the check that must fail, and what its message must name. */
  check: string
  names: RegExp
}

const breakages: Breakage[] = [
  {
    of: 'new-bucket',
    what: 'the maximum message size is too small',
    damage: (template) => set(liveQueue(template), 'MaximumMessageSize', 4_096),
    check: 'queue message size',
    names: /MaximumMessageSize/,
  },
  {
    of: 'new-bucket',
    what: 'the retention of messages is too short',
    damage: (template) => set(liveQueue(template), 'MessageRetentionPeriod', 3_600),
    check: 'queue retention',
    names: /MessageRetentionPeriod/,
  },
  {
    of: 'new-bucket',
    what: 'there is no dead-letter queue',
    damage: (template) => set(liveQueue(template), 'RedrivePolicy', undefined),
    check: 'dead-letter queue',
    names: /redrive policy/,
  },
  {
    of: 'new-bucket',
    what: 'messages are dead-lettered at once',
    damage: (template) => set(liveQueue(template).Properties.RedrivePolicy as object, 'maxReceiveCount', 1),
    check: 'dead-letter queue',
    names: /maxReceiveCount/,
  },
  {
    of: 'new-bucket',
    what: 'dead letters have a shorter retention than messages',
    damage: (template) => set(find(template, /^LiveDeadLetters/), 'MessageRetentionPeriod', 86_400),
    check: 'dead-letter retention',
    names: /MessageRetentionPeriod/,
  },
  {
    of: 'new-bucket',
    what: 'only the backfill queue has a wrong setting',
    damage: (template) => set(find(template, /^BackfillQueue(?!Policy)/), 'MaximumMessageSize', 4_096),
    check: 'backfill queue message size',
    names: /MaximumMessageSize/,
  },
  {
    of: 'new-bucket',
    what: 'the bucket may not send to the queue',
    damage: (template) => dropStatements(template, 's3.amazonaws.com'),
    check: 'source acme: queue policy',
    names: /sqs:SendMessage to s3\.amazonaws\.com/,
  },
  {
    of: 'new-bucket',
    what: 'the queue is for another bucket',
    damage: (template) => replaceIn(template, /^LiveQueuePolicy/, ':s3:::acme-', ':s3:::other-'),
    check: 'source acme: queue policy',
    names: /acme-session-files/,
  },
  {
    of: 'new-bucket',
    what: 'messages are encrypted with the AWS managed KMS key of SQS',
    damage: (template) => set(liveQueue(template), 'KmsMasterKeyId', 'alias/aws/sqs'),
    check: 'source acme: queue policy',
    names: /alias\/aws\/sqs/,
  },
  {
    of: 'new-bucket',
    what: 'nothing is announced',
    damage: (template) => set(bucket(template), 'NotificationConfiguration', undefined),
    check: 'source acme: notifications',
    names: /s3:ObjectCreated:\*/,
  },
  {
    of: 'new-bucket',
    what: 'only another prefix is announced',
    damage: (template) => replaceIn(template, /^LandingBucket/, 'metadata/acme/', 'metadata/others/'),
    check: 'source acme: notifications',
    names: /metadata\/acme\//,
  },
  {
    of: 'new-bucket',
    what: 'copies are not announced',
    damage: (template) => replaceIn(template, /^LandingBucket/, 'ObjectCreated:*', 'ObjectCreated:Put'),
    check: 'source acme: notifications',
    names: /Copy/,
  },
  {
    of: 'new-bucket',
    what: 'objects are deleted within days',
    damage: (template) =>
      replaceIn(template, /^LandingBucket/, '"ExpirationInDays":400', '"ExpirationInDays":3'),
    check: 'source acme: lifecycle',
    names: /old-files/,
  },
  {
    of: 'cross-account',
    what: 'the EventBridge rule is for another prefix',
    damage: (template) => replaceIn(template, /^NewObjects/, 'sessions/', 'recordings/'),
    check: 'source initech: notifications',
    names: /sessions\//,
  },
  {
    of: 'cross-account',
    what: 'EventBridge may not send to the queue',
    damage: (template) => dropStatements(template, 'events.amazonaws.com'),
    check: 'source initech: queue policy',
    names: /events\.amazonaws\.com/,
  },
]

for (const { of, what, damage, check, names } of breakages) {
  test(`doctor names the setting when ${what}`, () => {
    const template = structuredClone(templates[of])
    damage(template)
    assert.notDeepEqual(template, templates[of], 'nothing was broken')
    const complaints = complaintsOf(examine(of, template))
    const complaint = complaints.find((result) => result.check === check)
    assert.ok(complaint, `no complaint about "${check}", only ${JSON.stringify(complaints)}`)
    assert.match(`${complaint.detail} ${complaint.fix}`, names)
  })
}

function examine(name: ConfigurationName, template: CfnTemplate): CheckResult[] {
  const { bucket, sources } = configurations[name]
  const live = queueOf(template, 'Live')
  const backfill = queueOf(template, 'Backfill')
  const queue = { visibilitySeconds: 60 }
  return [
    ...judgeQueue({ name: 'live', queue, ...live }),
    ...judgeQueue({ name: 'backfill', queue, ...backfill }),
    ...sources.flatMap((source) => {
      const place = { name: source.name, bucket: bucket.bucketName, prefix: source.prefix }
      return [
        ...checkNotifications(place, notificationsOf(template, bucket.bucketName), live.settings),
        checkExpirations(place, expirationsOf(template, bucket.bucketName)),
      ]
    }),
  ]
}

function queueOf(template: CfnTemplate, name: 'Live' | 'Backfill') {
  const idOf = (start: RegExp) => Object.keys(template.Resources).find((id) => start.test(id)) ?? ''
  return {
    settings: queueSettingsOf(template, idOf(new RegExp(`^${name}Queue(?!Policy)`))),
    deadLetters: queueSettingsOf(template, idOf(new RegExp(`^${name}DeadLetters(?!Policy)`))),
  }
}

function complaintsOf(findings: CheckResult[]): CheckResult[] {
  return findings.filter(({ level }) => level !== 'ok')
}

function find(template: CfnTemplate, id: RegExp): Resource {
  const found = Object.entries(template.Resources).find(([key]) => id.test(key))
  assert.ok(found, `no resource ${id}`)
  return found[1]
}

function liveQueue(template: CfnTemplate): Resource {
  return find(template, /^LiveQueue(?!Policy)/)
}

function bucket(template: CfnTemplate): Resource {
  return find(template, /^LandingBucket/)
}

function set(target: Resource | object, property: string, value: unknown): void {
  const properties = 'Properties' in target ? target.Properties : target
  if (value === undefined) Reflect.deleteProperty(properties, property)
  else Object.assign(properties, { [property]: value })
}

function replaceIn(template: CfnTemplate, id: RegExp, text: string, by: string): void {
  const resource = find(template, id)
  Object.assign(resource, JSON.parse(JSON.stringify(resource).replaceAll(text, by)))
}

function dropStatements(template: CfnTemplate, service: string): void {
  for (const [, { Properties }] of resourcesOf(template, 'AWS::SQS::QueuePolicy')) {
    const document = Properties.PolicyDocument as { Statement: unknown[] }
    document.Statement = document.Statement.filter(
      (statement) => !JSON.stringify(statement).includes(service),
    )
  }
}
