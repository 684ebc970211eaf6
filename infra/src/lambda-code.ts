import { fileURLToPath } from 'node:url'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { buildLambda, type LambdaName } from './build-lambda.ts'

/** One of our handlers, built now, and what all of them have in common. */
export function lambdaCode(name: LambdaName, databaseCertificates: string) {
  const folder = fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
  buildLambda(name, folder, databaseCertificates)
  return {
    code: lambda.Code.fromAsset(folder),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    // Gives secrets at 127.0.0.1, so that no client of Secrets Manager has to be carried along.
    paramsAndSecrets: lambda.ParamsAndSecretsLayerVersion.fromVersion(
      lambda.ParamsAndSecretsVersions.V1_0_103,
      // A deployment needs the password as it is now.
      { cacheEnabled: false },
    ),
  }
}
