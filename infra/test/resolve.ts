import type { CfnTemplate } from './synthesised.ts'

const pseudo: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
}

/** Resolves references in a template value as CloudFormation would for account 111122223333 in eu-west-1. */
export function resolve(template: CfnTemplate, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => resolve(template, element))
  if (typeof value !== 'object' || value === null) return value
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value)
  if (more.length === 0) {
    if (name === 'Ref') return referTo(template, String(argument))
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return attributeOf(template, argument.map(String))
    if (name === 'Fn::Join' && Array.isArray(argument)) {
      const parts = resolve(template, argument[1])
      return Array.isArray(parts) ? parts.join(String(argument[0])) : ''
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(template, member)]))
}

function referTo({ Resources }: CfnTemplate, id: string): string {
  const known = pseudo[id]
  if (known !== undefined) return known
  if (Resources[id]?.Type === 'AWS::SQS::Queue') {
    return `https://sqs.eu-west-1.amazonaws.com/111122223333/${id}`
  }
  if (Resources[id]?.Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer') {
    return `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/${id}/0123456789abcdef`
  }
  return id
}

function attributeOf({ Resources }: CfnTemplate, [id = '', attribute = '']: string[]): string {
  const { Type = '' } = Resources[id] ?? {}
  const service = Type.split('::')[1]?.toLowerCase()
  if (attribute === 'Arn') return `arn:aws:${service}:eu-west-1:111122223333:${id}`
  if (attribute.endsWith('.Port')) return '5432'
  if (attribute.endsWith('.Address')) return `${id.toLowerCase()}.eu-west-1.rds.amazonaws.com`
  return `${id}.${attribute}`
}
