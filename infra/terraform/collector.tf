# The OpenTelemetry collector next to each worker: it reads /metrics every minute, and writes the metrics that the alarms need
# to CloudWatch. Its configuration is that of ../src/collector-config.ts.
locals {
  has_collector = var.collector_image != null

  collector_containers = [for image in compact([var.collector_image]) : {
    name  = "Collector"
    image = image
    # Missing metrics raise an alarm, but must not stop the worker.
    essential              = false
    command                = ["--config=env:COLLECTOR_CONFIG"]
    environment            = [{ name = "COLLECTOR_CONFIG", value = jsonencode(local.collector_config) }]
    memory                 = 256
    readonlyRootFilesystem = true
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this["worker"].name
        awslogs-region        = local.region
        awslogs-stream-prefix = "collector"
      }
    }
  }]

  collector_config = {
    receivers = { prometheus = { config = { scrape_configs = [local.scrape] } } }
    processors = {
      memory_limiter = { check_interval = "5s", limit_mib = 200 }
      # Renamed series lose their type and are read as gauges.
      transform = { metric_statements = [
        "convert_gauge_to_sum(\"cumulative\", true) where metric.name == \"aftercall_freshness_within_goal\"",
        "convert_gauge_to_sum(\"cumulative\", true) where metric.name == \"aftercall_freshness_sessions\"",
      ] }
    }
    exporters = { awsemf = {
      namespace               = "Aftercall"
      region                  = local.region
      log_group_name          = one(aws_cloudwatch_log_group.metrics[*].name)
      log_stream_name         = "{TaskId}"
      dimension_rollup_option = "NoDimensionRollup"
      metric_declarations = [
        { dimensions = [["deployment"], ["deployment", "outcome"]], metric_name_selectors = ["^aftercall_objects_total$"] },
        { dimensions = [["deployment", "state"]], metric_name_selectors = ["^aftercall_pool_connections$"] },
        { dimensions = [["deployment", "source", "class"]], metric_name_selectors = ["^aftercall_reconcile_objects$"] },
        { dimensions = [["deployment"]], metric_name_selectors = [
          "^aftercall_(schema_drift|unknown_words|messages_returned|session_collisions|clock_disagreements)_total$",
          "^aftercall_(objects_in_flight|freshness_.+|rollup_.+|publish_.+)$",
        ] },
      ]
    } }
    service = {
      telemetry = { metrics = { level = "none" }, logs = { level = "warn" } }
      pipelines = { metrics = {
        receivers  = ["prometheus"]
        processors = ["memory_limiter", "transform"]
        exporters  = ["awsemf"]
      } }
    }
  }

  scrape = {
    job_name        = "aftercall"
    scrape_interval = "60s"
    static_configs  = [{ targets = ["127.0.0.1:9464"], labels = { deployment = var.name } }]
    metric_relabel_configs = [
      {
        # Newer Prometheus versions write an integer bound as 3600.0.
        source_labels = ["__name__", "le"]
        regex         = "aftercall_freshness_seconds_bucket;${var.alarms.freshness_seconds}(\\.0)?"
        target_label  = "__name__"
        replacement   = "aftercall_freshness_within_goal"
      },
      {
        source_labels = ["__name__"]
        regex         = "aftercall_freshness_seconds_count"
        target_label  = "__name__"
        replacement   = "aftercall_freshness_sessions"
      },
      { source_labels = ["__name__"], regex = "aftercall_objects_total|aftercall_objects_in_flight|aftercall_schema_drift_total|aftercall_unknown_words_total|aftercall_messages_returned_total|aftercall_pool_connections|aftercall_reconcile_objects|aftercall_session_collisions_total|aftercall_clock_disagreements_total|aftercall_rollup_lag_seconds|aftercall_rollup_differences|aftercall_publish_lag_seconds|aftercall_publish_failing|aftercall_freshness_within_goal|aftercall_freshness_sessions", action = "keep" },
      { regex = "le", action = "labeldrop" },
    ]
  }
}

resource "aws_cloudwatch_log_group" "metrics" {
  count             = local.has_collector ? 1 : 0
  name              = "/aftercall/${var.name}/metrics"
  retention_in_days = 7
  tags              = local.tags
}
