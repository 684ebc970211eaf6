# The alarms of ../src/alarms.ts, with the same conditions.
resource "aws_kms_key" "alarms" {
  count               = var.alarms.email == null ? 0 : 1
  description         = "Alarm notifications"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.alarms_key.json
  tags                = local.tags
}

data "aws_iam_policy_document" "alarms_key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic" "alarms" {
  count             = var.alarms.email == null ? 0 : 1
  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.alarms[0].id
  tags              = local.tags
}

resource "aws_sns_topic_subscription" "alarms" {
  count     = var.alarms.email == null ? 0 : 1
  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = var.alarms.email
}

# Counts nightly maintenance that ended well: a task that is never started reports nothing.
resource "aws_cloudwatch_event_rule" "maintained" {
  name        = "${var.name}-maintained"
  description = "Maintenance that ended well; an alarm counts its calls"
  tags        = local.tags

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      group      = ["aftercall-maintain"]
      lastStatus = ["STOPPED"]
      containers = { name = ["Aftercall"], exitCode = [0] }
    }
  })
}

# A rule counts the calls of its targets. This one needs no receiver.
resource "aws_sns_topic" "maintained" {
  name = "${var.name}-maintained"
  tags = local.tags
}

data "aws_iam_policy_document" "maintained" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.maintained.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.maintained.arn]
    }
  }
}

resource "aws_sns_topic_policy" "maintained" {
  arn    = aws_sns_topic.maintained.arn
  policy = data.aws_iam_policy_document.maintained.json
}

resource "aws_cloudwatch_event_target" "maintained" {
  rule = aws_cloudwatch_event_rule.maintained.name
  arn  = aws_sns_topic.maintained.arn
}

locals {
  topics = concat(
    var.alarms.topic_arn == null ? [] : [var.alarms.topic_arn],
    aws_sns_topic.alarms[*].arn,
  )

  service = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.worker.name }
  cluster = { DBClusterIdentifier = local.cluster_name }
  # Of the writer: an average would hide it behind an idle standby.
  writer = { DBClusterIdentifier = local.cluster_name, Role = "WRITER" }

  conditions = {
    oldest-message = {
      namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = aws_sqs_queue.this["live"].name }
      statistic = "Maximum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 3600, missing = "notBreaching"
      meaning   = "A new file has waited for more than an hour."
      runbook   = "queue-age-rises"
    }
    dead-letters = {
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.dead_letters["live"].name }
      statistic = "Maximum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Messages failed repeatedly and are in the dead-letter queue."
      runbook   = "dead-letters"
    }
    backfill-dead-letters = {
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.dead_letters["backfill"].name }
      statistic = "Maximum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Messages failed repeatedly and are in the dead-letter queue."
      runbook   = "dead-letters"
    }
    too-few-workers = {
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", dimensions = local.service
      statistic = "Minimum", period = 300, periods = 3, comparison = "LessThanThreshold", threshold = var.tasks.min, missing = "breaching"
      meaning   = "Fewer workers than asked for have run for 15 minutes: tasks end, or cannot start."
      runbook   = "no-worker-reports"
    }
    maintenance = {
      namespace = "AWS/Events", metric = "Invocations", dimensions = { RuleName = aws_cloudwatch_event_rule.maintained.name }
      statistic = "Sum", period = 21600, periods = 5, comparison = "LessThanThreshold", threshold = 1, missing = "breaching"
      meaning   = "The nightly maintenance has not ended well for 30 hours. Coming months may have no partition."
      runbook   = "maintenance-removes-nothing"
    }
  }

  quiet_conditions = {
    no-data = {
      namespace = "AWS/SQS", metric = "NumberOfMessagesSent", dimensions = { QueueName = aws_sqs_queue.this["live"].name }
      # SQS sends no metrics for a queue that has been idle for six hours.
      statistic = "Sum", period = 60 * max(1, var.alarms.quiet_minutes_max), periods = 1, comparison = "LessThanOrEqualToThreshold", threshold = 0, missing = "breaching"
      meaning   = "No new file was announced for ${var.alarms.quiet_minutes_max} minutes."
      runbook   = "lost-events-and-loading-a-source-again"
    }
  }

  database_conditions = {
    database-storage = {
      namespace = "AWS/RDS", metric = "VolumeBytesUsed", dimensions = local.cluster
      statistic = "Maximum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = 1099511627776, missing = "notBreaching"
      meaning   = "The database has grown beyond 1 TiB."
      runbook   = "disk-full"
    }
    database-connections = {
      namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.writer
      statistic = "Maximum", period = 300, periods = 3, comparison = "GreaterThanThreshold", threshold = 150, missing = "notBreaching"
      meaning   = "The database has more connections than the workers can need."
      runbook   = "queue-age-rises"
    }
    database-cpu = {
      namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.writer
      statistic = "Average", period = 300, periods = 6, comparison = "GreaterThanThreshold", threshold = 90, missing = "notBreaching"
      meaning   = "The CPU of the database (of its writer) has been above 90 % for half an hour."
      runbook   = "queue-age-rises"
    }
  }

  console_conditions = {
    console = {
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.console_targets
      statistic = "Maximum", period = 300, periods = 3, comparison = "LessThanThreshold", threshold = 1, missing = "breaching"
      meaning   = "The console has not been ready for 15 minutes. Files are still loaded."
      runbook   = "the-console-does-not-answer"
    }
  }

  rotation_conditions = {
    rotation-1 = {
      namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = "${var.name}-rotation" }
      statistic = "Sum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "The password of a login was not rotated. The present one stays valid."
      runbook   = "keys-passwords-certificates"
    }
  }

  publisher_conditions = {
    publisher = {
      namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", dimensions = { ClusterName = aws_ecs_cluster.this.name, ServiceName = "${var.name}-publish" }
      statistic = "Minimum", period = 300, periods = 3, comparison = "LessThanThreshold", threshold = 1, missing = "breaching"
      meaning   = "No publisher has run for 15 minutes: its task ends, or cannot start. Files are still loaded."
      runbook   = "the-lake-is-late"
    }
  }

  # What only the collector can tell.
  metrics_conditions = {
    drift = {
      namespace = "Aftercall", metric = "aftercall_schema_drift_total", dimensions = local.of_deployment
      statistic = "Sum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Files contain fields or words that this release does not know. Nothing is lost, and it is not urgent."
      runbook   = "schema-drift-appears"
    }
    shared-ids = {
      namespace = "Aftercall", metric = "aftercall_session_collisions_total", dimensions = local.of_deployment
      statistic = "Sum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Different sessions of one source have the same id. Only the newest is in the tables; the others are kept."
      runbook   = "sessions-share-an-id-or-a-clock-is-wrong"
    }
    clocks = {
      namespace = "Aftercall", metric = "aftercall_clock_disagreements_total", dimensions = local.of_deployment
      statistic = "Sum", period = 3600, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "The clocks of a worker and of the database differ by over 15 minutes. Retention is suspended."
      runbook   = "maintenance-removes-nothing"
    }
    no-metrics = {
      namespace = "Aftercall", metric = "aftercall_objects_in_flight", dimensions = local.of_deployment
      statistic = "SampleCount", period = 300, periods = 3, comparison = "LessThanThreshold", threshold = 1, missing = "breaching"
      meaning   = "No worker has sent metrics for 15 minutes. The alarms for freshness, rejections, drift, shared ids, clocks, rollups and the lake cannot fire."
      runbook   = "no-worker-reports"
    }
    rollups-late = {
      namespace = "Aftercall", metric = "aftercall_rollup_lag_seconds", dimensions = local.of_deployment
      statistic = "Maximum", period = 300, periods = 3, comparison = "GreaterThanThreshold", threshold = 3600, missing = "notBreaching"
      meaning   = "The counts by hour and day lack changes of over an hour ago."
      runbook   = "rollups-are-late-or-differ"
    }
    rollups-differ = {
      namespace = "Aftercall", metric = "aftercall_rollup_differences", dimensions = local.of_deployment
      statistic = "Maximum", period = 300, periods = 1, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Rows of the counts by hour and day differ from the sessions."
      runbook   = "rollups-are-late-or-differ"
    }
  }

  lake_conditions = {
    lake-late = {
      namespace = "Aftercall", metric = "aftercall_publish_lag_seconds", dimensions = local.of_deployment
      statistic = "Maximum", period = 300, periods = 3, comparison = "GreaterThanThreshold", threshold = 7200, missing = "notBreaching"
      meaning   = "The lake lacks changes that are stored for more than two hours."
      runbook   = "the-lake-is-late"
    }
    lake-fails = {
      namespace = "Aftercall", metric = "aftercall_publish_failing", dimensions = local.of_deployment
      statistic = "Maximum", period = 300, periods = 6, comparison = "GreaterThanThreshold", threshold = 0, missing = "notBreaching"
      meaning   = "Publishing to the lake has failed for half an hour. What was published before stays."
      runbook   = "the-lake-is-late"
    }
  }

  # Shares of sums of 15 minutes.
  share_conditions = {
    freshness = {
      expression = "IF(FILL(sessions, 0) >= 20, 100 * FILL(within, 0) / sessions, 100)"
      metrics = {
        sessions = { metric = "aftercall_freshness_sessions", dimensions = local.of_deployment }
        within   = { metric = "aftercall_freshness_within_goal", dimensions = local.of_deployment }
      }
      periods = 2, comparison = "LessThanThreshold", threshold = 95, missing = "notBreaching"
      meaning = "The 95th percentile of freshness is above ${var.alarms.freshness_seconds / 3600} h: too few sessions are stored within this time after their end."
      runbook = "queue-age-rises"
    }
    rejections = {
      expression = "IF(FILL(everything, 0) >= 20, 100 * FILL(rejected, 0) / everything, 0)"
      metrics = {
        everything = { metric = "aftercall_objects_total", dimensions = local.of_deployment }
        rejected   = { metric = "aftercall_objects_total", dimensions = { deployment = var.name, outcome = "rejected" } }
      }
      periods = 2, comparison = "GreaterThanThreshold", threshold = var.alarms.rejected_percent_max, missing = "notBreaching"
      meaning = "Many files are rejected. They are kept, and other files are still loaded."
      runbook = "rejections-rise"
    }
  }

  of_deployment = { deployment = var.name }

  console_targets = {
    LoadBalancer = one(aws_lb.console[*].arn_suffix)
    TargetGroup  = one(aws_lb_target_group.console[*].arn_suffix)
  }

  made_conditions = merge(
    local.conditions,
    { for name, condition in local.console_conditions : name => condition if local.has_console },
    { for name, condition in local.rotation_conditions : name => condition if local.has_rotation },
    { for name, condition in local.publisher_conditions : name => condition if var.publish != null },
    { for name, condition in local.metrics_conditions : name => condition if local.has_collector },
    { for name, condition in local.lake_conditions : name => condition if local.has_collector && var.publish != null },
    { for name, condition in local.quiet_conditions : name => condition if var.alarms.quiet_minutes_max > 0 },
    { for name, condition in local.database_conditions : name => condition if local.makes_database || var.database.cluster_identifier != null },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.made_conditions
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: ${var.alarms.runbook_url}#${each.value.runbook}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = local.topics
  ok_actions          = local.topics
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "share" {
  for_each            = { for name, condition in local.share_conditions : name => condition if local.has_collector }
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: ${var.alarms.runbook_url}#${each.value.runbook}"
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = local.topics
  ok_actions          = local.topics
  tags                = local.tags

  metric_query {
    id          = "share"
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = "Aftercall"
        metric_name = metric_query.value.metric
        period      = 900
        stat        = "Sum"
        dimensions  = metric_query.value.dimensions
      }
    }
  }
}
