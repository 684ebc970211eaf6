import { Arn, Duration, Stack } from 'aws-cdk-lib'
import * as ecr from 'aws-cdk-lib/aws-ecr'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import * as kms from 'aws-cdk-lib/aws-kms'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledgeTask } from './acknowledge-findings.ts'
import { allow } from './grants.ts'
import type { Parts } from './parts.ts'
import { writeWorkerConfig } from './worker-config.ts'

/** The volume that the file container fills with the files for the command. */
const folder = '/run/aftercall'
const caFile = `${folder}/rds-ca.pem`
const configFile = `${folder}/aftercall.yaml`

const architectures = { arm64: ecs.CpuArchitecture.ARM64, x86_64: ecs.CpuArchitecture.X86_64 }

export type AftercallTaskProps = {
  /** Arguments after the entry point, for example `['worker']`. */
  command: string[]
  cpu: number
  memoryMiB: number
  logGroup: ILogGroup
  logPrefix: string
  /** The database login. Default: that of the workers. */
  login?: ISecret
  /** Keys of aftercall.yaml for this task, which override those of the deployment. */
  settings?: Readonly<Record<string, unknown>>
  healthCheck?: ecs.HealthCheck
}

export type AftercallTask = { task: ecs.FargateTaskDefinition; container: ecs.ContainerDefinition }

/**
 * A task that runs an `aftercall` command from the image. Only /tmp is writable; another container provides the
 * configuration and the certificate authorities as files before the command starts.
 */
export function makeAftercallTask(
  scope: Construct,
  id: string,
  parts: Parts,
  props: AftercallTaskProps,
): AftercallTask {
  const { login = parts.login.secret, logGroup, logPrefix, settings, healthCheck } = props
  const task = new ecs.FargateTaskDefinition(scope, id, {
    cpu: props.cpu,
    memoryLimitMiB: props.memoryMiB,
    runtimePlatform: {
      cpuArchitecture: architectures[parts.deployment.architecture ?? 'arm64'],
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
    volumes: [{ name: 'files' }, { name: 'tmp' }],
  })
  const logging = ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: logPrefix })
  const files = addFiles(scope, task, { parts, settings, logging })
  const container = task.addContainer('Aftercall', {
    image: imageOf(scope, `${id}Repository`, parts.deployment.image),
    command: props.command,
    environment: { AFTERCALL_CONFIG: configFile },
    secrets: {
      DATABASE_USER: ecs.Secret.fromSecretsManager(login, 'username'),
      DATABASE_PASSWORD: ecs.Secret.fromSecretsManager(login, 'password'),
      // Console and publisher, which have logins of their own, map no document.
      ...(props.login === undefined ? findSecrets(task, parts) : {}),
    },
    logging,
    readonlyRootFilesystem: true,
    // Fargate kills the task after this time; `worker.graceSeconds` is 25.
    stopTimeout: Duration.seconds(30),
    ...(healthCheck === undefined ? {} : { healthCheck }),
  })
  container.addMountPoints(
    { sourceVolume: 'files', containerPath: folder, readOnly: true },
    { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
  )
  container.addContainerDependencies({
    container: files,
    condition: ecs.ContainerDependencyCondition.SUCCESS,
  })
  acknowledgeTask(task)
  return { task, container }
}

function findSecrets(task: ecs.FargateTaskDefinition, { deployment }: Parts): Record<string, ecs.Secret> {
  const found = Object.entries(deployment.secrets ?? {}).map(([name, { secretArn, keyArn }]) => {
    const secret = Secret.fromSecretAttributes(task, `Secret${name}`, {
      secretCompleteArn: secretArn,
      ...(keyArn === undefined ? {} : { encryptionKey: kms.Key.fromKeyArn(task, `Key${name}`, keyArn) }),
    })
    // The CDK cannot change the policy of a key that is there already.
    if (keyArn !== undefined) allow(task.obtainExecutionRole(), ['kms:Decrypt'], [keyArn])
    return [name, ecs.Secret.fromSecretsManager(secret)] as const
  })
  return Object.fromEntries(found)
}

/** Fargate volumes belong to root and the command runs as another user, so only this container can write to them. */
function addFiles(
  scope: Construct,
  task: ecs.FargateTaskDefinition,
  {
    parts,
    settings,
    logging,
  }: Pick<AftercallTaskProps, 'settings'> & { parts: Parts; logging: ecs.LogDriver },
): ecs.ContainerDefinition {
  const { database, live, backfill } = parts
  const deployment = { ...parts.deployment, settings: { ...parts.deployment.settings, ...settings } }
  const container = task.addContainer('Files', {
    image: imageOf(scope, `${task.node.id}FilesRepository`, deployment.image),
    essential: false,
    user: '0',
    entryPoint: ['node', '-e'],
    command: [writeFilesScript],
    environment: {
      FOLDER: folder,
      SCRATCH: '/tmp',
      CONFIG_TEXT: writeWorkerConfig({
        deployment,
        database,
        caFile,
        live: live.queue,
        backfill: backfill.queue,
      }),
      CA_TEXT: deployment.databaseCertificates,
    },
    logging,
    readonlyRootFilesystem: true,
  })
  container.addMountPoints(
    { sourceVolume: 'files', containerPath: folder, readOnly: false },
    { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
  )
  return container
}

const writeFilesScript = `
const { chmodSync, writeFileSync } = require('node:fs')
const { FOLDER, SCRATCH, CONFIG_TEXT, CA_TEXT } = process.env
writeFileSync(FOLDER + '/aftercall.yaml', CONFIG_TEXT)
writeFileSync(FOLDER + '/rds-ca.pem', CA_TEXT)
chmodSync(SCRATCH, 0o1777)
`.trim()

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name` is pulled with the rights of the task; other images must be public. */
const inEcr = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/
/** Name, tag, and digest. The registry in the name may have a port. */
const imageParts = /^(.+?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/

export function imageOf(scope: Construct, id: string, image: string): ecs.ContainerImage {
  const [, name = '', tag, digest] = imageParts.exec(image) ?? []
  const version = digest ?? tag
  if (version === undefined || version === 'latest') {
    throw new Error(
      `image ${image} must name a tag other than latest, or a digest, so that a deployment can be repeated`,
    )
  }
  const [, account, region, repositoryName] = inEcr.exec(name) ?? []
  if (account === undefined || region === undefined || repositoryName === undefined) {
    return ecs.ContainerImage.fromRegistry(image)
  }
  const place = { service: 'ecr', resource: 'repository', resourceName: repositoryName, account, region }
  const repository = ecr.Repository.fromRepositoryAttributes(scope, id, {
    repositoryArn: Arn.format(place, Stack.of(scope)),
    repositoryName,
  })
  return ecs.ContainerImage.fromEcrRepository(repository, version)
}
