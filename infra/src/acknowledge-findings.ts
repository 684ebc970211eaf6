import { type Stack, Validations } from 'aws-cdk-lib'
import type { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2'
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { IConstruct } from 'constructs'
import type { Deployment } from './deployment.ts'

// Findings of cdk-nag and of CDK's own check that are meant to be so, each as near as possible to where it arises and
// with its reason. Whatever is not named here fails the tests.

/** Rights to objects by prefix, the only wildcards in what tasks, functions and SFTP users may do. */
export function acknowledgePrefixes(stack: Stack, { bucket, sources, sftp, googleCopy }: Deployment): void {
  const prefixes = new Set([
    ...sources.map(({ prefix }) => prefix),
    ...(sftp?.users ?? []).map(({ prefix }) => prefix),
    ...(googleCopy === undefined ? [] : [googleCopy.toPrefix]),
  ])
  for (const prefix of prefixes) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${bucket.bucketName}/${prefix}*]`,
      reason: 'Rights to objects are given by prefix: their keys are not known beforehand.',
    })
  }
}

const variablesOfOurs = {
  id: 'CloudFormation-Validate::E1029',
  reason: 'The variables in aftercall.yaml are for Aftercall, which fills them from its environment.',
}

export function acknowledgeTask(task: FargateTaskDefinition): void {
  Validations.of(task).acknowledge(
    {
      id: 'AwsSolutions-ECS2',
      reason:
        'The variables hold no secret: addresses and settings. User and password come from Secrets Manager.',
    },
    variablesOfOurs,
  )
  Validations.of(task.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ecr:GetAuthorizationToken knows no resources; of ECR else only the one repository is allowed.',
  })
}

export function acknowledgeFunction(handler: LambdaFunction): void {
  const reason =
    'Writing its log and making its network interfaces is what any function in a VPC does; AWS keeps the list.'
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
      reason: 'Enhanced monitoring writes its log with the policy that RDS documents for it.',
    },
    {
      id: 'AwsSolutions-RDS11',
      reason: 'Another port would hide nothing: only one security group of this VPC reaches the server.',
    },
  )
}

export function acknowledgeEndpoint(endpoint: InterfaceVpcEndpoint): void {
  Validations.of(endpoint).acknowledge({
    id: 'AwsSolutions-EC23',
    reason: 'It is open to the range of this VPC alone, which the rule cannot see in a reference.',
  })
}

export function acknowledgeLogBucket(bucket: Bucket): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It is a log itself: who read the console. A log of its readers would need a log again.',
  })
}

function managedPolicy(name: string): string {
  return `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`
}
