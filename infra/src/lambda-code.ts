import { fileURLToPath } from 'node:url'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { buildLambda, type LambdaName } from './build-lambda.ts'
import type { Deployment } from './deployment.ts'

/** Builds a handler, with the settings that all handlers share. */
export function lambdaCode(
  name: LambdaName,
  { databaseCertificates, architecture }: Pick<Deployment, 'databaseCertificates' | 'architecture'>,
) {
  const folder = fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
  buildLambda(name, folder, databaseCertificates)
  return {
    code: lambda.Code.fromAsset(folder),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: architecture === 'x86_64' ? lambda.Architecture.X86_64 : lambda.Architecture.ARM_64,
    // Serves secrets on 127.0.0.1, so that the bundle needs no Secrets Manager client.
    paramsAndSecrets: lambda.ParamsAndSecretsLayerVersion.fromVersion(
      lambda.ParamsAndSecretsVersions.V1_0_103,
      // A deployment needs the current password.
      { cacheEnabled: false },
    ),
  }
}
