import { readFileSync } from 'node:fs'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AftercallStack } from '../src/aftercall-stack.ts'
import type { Deployment } from '../src/deployment.ts'
import { type ConfigurationName, configurations } from './configurations.ts'

export type Resource = { Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }
export type CfnTemplate = { Resources: Record<string, Resource>; Outputs: Record<string, unknown> }

const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'))

export const app = new App({ context })

const stacks = Object.entries(configurations).map(
  ([name, deployment]) => [name, new AftercallStack(app, deployment as Deployment)] as const,
)

/** The templates of every configuration, synthesised once per process. */
export const templates = Object.fromEntries(
  stacks.map(([name, stack]) => [name, Template.fromStack(stack as Stack).toJSON()]),
) as Record<ConfigurationName, CfnTemplate>

export const everyTemplate = Object.entries(templates)

export function resourcesOf({ Resources }: CfnTemplate, type: string): [string, Resource][] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type)
}
