import { type Stack, Validations } from 'aws-cdk-lib'
import type { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2'
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { IConstruct } from 'constructs'
import type { Deployment, LakePublishing } from './deployment.ts'

// Accepted findings of cdk-nag and of CDK's own checks, each with its reason and as close as possible to its resource. Any
// other finding fails the tests.

/** Rights to objects by prefix: the only wildcards in the rights of tasks, functions and SFTP users. */
export function acknowledgePrefixes(stack: Stack, { bucket, sources, sftp, googleCopy }: Deployment): void {
  const prefixes = new Set([
    ...sources.map(({ prefix }) => prefix),
    ...(sftp?.users ?? []).map(({ prefix }) => prefix),
    ...(googleCopy === undefined ? [] : [googleCopy.toPrefix]),
  ])
  for (const prefix of prefixes) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucket.bucketName}/${prefix}*]`,
      reason: 'Rights to objects are granted by prefix because keys are not known in advance.',
    })
  }
}

/** The publisher writes a file for each view, source and day below the prefix of the lake. */
export function acknowledgePublishing(
  task: FargateTaskDefinition,
  { bucketName, prefix }: LakePublishing,
): void {
  Validations.of(task).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucketName}/${prefix}/*]`,
    reason: 'The files of the lake are named by view, source and day, which are not known in advance.',
  })
}

const variablesOfOurs = {
  id: 'CloudFormation-Validate::E1029',
  reason: 'Aftercall replaces the variables in aftercall.yaml from its environment.',
}

export function acknowledgeTask(task: FargateTaskDefinition): void {
  Validations.of(task).acknowledge(
    {
      id: 'AwsSolutions-ECS2',
      reason:
        'The variables contain only addresses and settings. User and password come from Secrets Manager.',
    },
    variablesOfOurs,
  )
  Validations.of(task.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'ecr:GetAuthorizationToken does not support resources; all other ECR rights are for one repository.',
  })
}

export function acknowledgeFunction(handler: LambdaFunction): void {
  const reason =
    'Every function in a VPC writes a log and creates network interfaces; AWS maintains the policy.'
  Validations.of(handler).acknowledge(
    { id: managedPolicy('AWSLambdaBasicExecutionRole'), reason },
    { id: managedPolicy('AWSLambdaVPCAccessExecutionRole'), reason },
    variablesOfOurs,
  )
}

export function acknowledgeDatabase(database: IConstruct): void {
  Validations.of(database).acknowledge(
    {
      id: managedPolicy('AmazonRDSEnhancedMonitoringRole'),
      reason: 'Enhanced monitoring uses the policy that RDS documents for it.',
    },
    {
      id: 'AwsSolutions-RDS11',
      reason: 'Another port would add no security: only one security group of this VPC can reach the server.',
    },
  )
}

export function acknowledgeNoRotation(...owners: IConstruct[]): void {
  for (const owner of owners) {
    Validations.of(owner).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The deployment says that passwords are not rotated by functions of the stack.',
    })
  }
}

export function acknowledgeEndpoint(endpoint: InterfaceVpcEndpoint): void {
  Validations.of(endpoint).acknowledge({
    id: 'AwsSolutions-EC23',
    reason:
      'It is only open to the address range of this VPC, which the rule cannot resolve from a reference.',
  })
}

export function acknowledgeLogBucket(bucket: Bucket): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It is itself an access log. Logging access to it would need another log.',
  })
}

function managedPolicy(name: string): string {
  return `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`
}
