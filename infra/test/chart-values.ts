const queues = {
  live: 'https://sqs.eu-west-1.amazonaws.com/111122223333/aftercall-live',
  backfill: 'https://sqs.eu-west-1.amazonaws.com/111122223333/aftercall-backfill',
}
const digest = `sha256:${'5e'.repeat(32)}`

/** Together they use every value of the chart. */
export const chartValues = {
  smallest: {
    image: { repository: 'registry.example.com:5000/aftercall', tag: '0.1.0' },
    database: { host: 'warehouse.example.com' },
    queues: { live: queues.live },
    sources: [{ name: 'acme', bucket: 'acme-session-files' }],
  },
  everything: {
    image: { repository: 'registry.example.com/aftercall', tag: '0.1.0', digest, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
    database: {
      port: 5433,
      name: 'contact_center',
      ca: { secretName: 'warehouse-ca', key: 'ca.crt' },
      poolMax: 6,
      // As CloudNativePG names them.
      owner: { secretName: 'warehouse-app', userKey: 'user', passwordKey: 'pgpass', hostKey: 'host' },
      loader: { secretName: 'warehouse-loader', userKey: 'user', passwordKey: 'pgpass', hostKey: 'host' },
      operator: { secretName: 'warehouse-console', userKey: 'user', passwordKey: 'pgpass', hostKey: 'host' },
      publisher: { secretName: 'warehouse-lake', userKey: 'user', passwordKey: 'pgpass', hostKey: 'host' },
    },
    queues,
    sources: [
      { name: 'acme', bucket: 'acme-session-files', prefix: 'acme/', timeZone: 'America/New_York' },
      { name: 'globex', bucket: 'acme-session-files', prefix: 'globex/', retentionMonths: 24 },
    ],
    config: { raw: 'all', reconcile: { every: '12h' } },
    aws: { region: 'eu-west-1', roleArn: 'arn:aws:iam::111122223333:role/aftercall-worker' },
    worker: {
      podAnnotations: { team: 'contact-center' },
      extraEnv: [{ name: 'LOG_LEVEL', value: 'debug' }],
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      tolerations: [{ key: 'batch', operator: 'Exists' }],
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    },
    keda: { enabled: true, minReplicas: 0, maxReplicas: 10 },
    console: {
      hosts: ['aftercall.example.com'],
      identity: { header: 'x-auth-request-email' },
      actors: ['ana@example.com', 'bob@example.com'],
      ingress: {
        enabled: true,
        className: 'nginx',
        annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'https://login.example.com/oauth2/auth' },
        tlsSecretName: 'aftercall-tls',
      },
    },
    publish: {
      ...{ enabled: true, to: 's3://acme-lake/aftercall', every: '15m' },
      ...{ roleArn: 'arn:aws:iam::111122223333:role/aftercall-publish', temporaryStorage: '20Gi' },
    },
    monitoring: {
      enabled: true,
      labels: { release: 'prometheus' },
      docsUrl: 'https://example.com/aftercall/docs/',
    },
    networkPolicy: {
      metricsFrom: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
      consoleFrom: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } },
      databaseCidrs: ['10.20.0.0/16'],
    },
  },
  'own-store': {
    image: { repository: 'registry.example.com/aftercall', tag: '0.1.0' },
    imagePullSecrets: [],
    database: { host: 'postgres.data.svc', tls: 'require', ca: { configMapName: 'ca', key: 'root.pem' } },
    queues: {},
    sources: [{ name: 'acme', bucket: 'sessions', discover: 'poll' }],
    aws: { region: 'default', endpoint: 'https://rgw.example.com', secretName: 'store-keys' },
    keda: { enabled: false },
    worker: { replicas: 2 },
    console: { enabled: false },
    migrate: { enabled: false },
    maintain: { schedule: '0 2 * * *', timeZone: 'Europe/Berlin' },
    publish: { enabled: true, to: 's3://lake/aftercall', every: '1h', secretName: 'lake-keys' },
    networkPolicy: { enabled: false },
  },
}

export type ChartValuesName = keyof typeof chartValues
