/** The worker metrics that alarms and dashboard use. CloudWatch charges for each combination of name and outcome. */
const kept = [
  'aftercall_objects_total',
  'aftercall_objects_in_flight',
  'aftercall_schema_drift_total',
  'aftercall_unknown_words_total',
  'aftercall_messages_returned_total',
  'aftercall_pool_connections',
  'aftercall_reconcile_objects',
  'aftercall_session_collisions_total',
  'aftercall_clock_disagreements_total',
  'aftercall_rollup_lag_seconds',
  'aftercall_rollup_differences',
  // Of each place. CloudWatch gets the values of all of them, and takes the highest.
  'aftercall_publish_lag_seconds',
  'aftercall_publish_failing',
]

/** CloudWatch cannot compute percentiles of a Prometheus histogram, so sessions within the goal are counted instead. */
export const freshnessMetrics = {
  within: 'aftercall_freshness_within_goal',
  all: 'aftercall_freshness_sessions',
} as const

export const metricNamespace = 'Aftercall'

export type CollectorConfig = {
  deployment: string
  freshnessSeconds: number
  metricsPort: number
  region: string
  logGroupName: string
}

/**
 * The configuration of the OpenTelemetry collector next to each worker. It reads /metrics every minute and writes the
 * embedded metric format of CloudWatch
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsemfexporter). As text; JSON
 * is YAML. A `$` must be written twice.
 */
export function writeCollectorConfig(options: CollectorConfig): string {
  return JSON.stringify({
    receivers: { prometheus: { config: { scrape_configs: [scrapeConfig(options)] } } },
    processors: {
      memory_limiter: { check_interval: '5s', limit_mib: 200 },
      // Renamed series lose their type and are read as gauges.
      transform: {
        metric_statements: Object.values(freshnessMetrics).map(
          (name) => `convert_gauge_to_sum("cumulative", true) where metric.name == "${name}"`,
        ),
      },
    },
    exporters: {
      awsemf: {
        namespace: metricNamespace,
        region: options.region,
        log_group_name: options.logGroupName,
        log_stream_name: '{TaskId}',
        dimension_rollup_option: 'NoDimensionRollup',
        metric_declarations: [
          {
            dimensions: [['deployment'], ['deployment', 'outcome']],
            metric_name_selectors: ['^aftercall_objects_total$'],
          },
          {
            dimensions: [['deployment', 'state']],
            metric_name_selectors: ['^aftercall_pool_connections$'],
          },
          {
            dimensions: [['deployment', 'source', 'class']],
            metric_name_selectors: ['^aftercall_reconcile_objects$'],
          },
          {
            dimensions: [['deployment']],
            metric_name_selectors: [
              '^aftercall_(schema_drift|unknown_words|messages_returned|session_collisions|clock_disagreements)_total$',
              '^aftercall_(objects_in_flight|freshness_.+|rollup_.+|publish_.+)$',
            ],
          },
        ],
      },
    },
    service: {
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: {
        metrics: {
          receivers: ['prometheus'],
          processors: ['memory_limiter', 'transform'],
          exporters: ['awsemf'],
        },
      },
    },
  })
}

function scrapeConfig({ deployment, freshnessSeconds, metricsPort }: CollectorConfig) {
  const names = [...kept, ...Object.values(freshnessMetrics)]
  return {
    job_name: 'aftercall',
    scrape_interval: '60s',
    static_configs: [{ targets: [`127.0.0.1:${metricsPort}`], labels: { deployment } }],
    metric_relabel_configs: [
      {
        // Newer Prometheus versions write an integer bound as 3600.0.
        source_labels: ['__name__', 'le'],
        regex: `aftercall_freshness_seconds_bucket;${freshnessSeconds}(\\.0)?`,
        target_label: '__name__',
        replacement: freshnessMetrics.within,
      },
      {
        source_labels: ['__name__'],
        regex: 'aftercall_freshness_seconds_count',
        target_label: '__name__',
        replacement: freshnessMetrics.all,
      },
      { source_labels: ['__name__'], regex: names.join('|'), action: 'keep' },
      { regex: 'le', action: 'labeldrop' },
    ],
  }
}
