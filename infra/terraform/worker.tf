resource "aws_ecs_service" "worker" {
  name                               = "${var.name}-worker"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this["worker"].arn
  launch_type                        = "FARGATE"
  desired_count                      = var.tasks.min
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  propagate_tags                     = "SERVICE"
  tags                               = local.tags

  network_configuration {
    subnets         = local.work_ids
    security_groups = [aws_security_group.clients.id]
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    # Scaling changes it.
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "worker" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.worker.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.tasks.min
  max_capacity       = var.tasks.max
}

locals {
  # Files that wait per worker: a message of a backfill has 25 of them.
  waiting = "(FILL(live, 0) + 25 * FILL(backfill, 0)) / IF(tasks > 0, tasks, 1)"

  # By how many workers the number changes, from which value on; bounds are relative to the threshold of the alarm.
  scaling = {
    more = {
      threshold   = 5000
      comparison  = "GreaterThanOrEqualToThreshold"
      adjustments = [{ lower = 0, upper = 45000, change = 1 }, { lower = 45000, upper = null, change = 3 }]
    }
    fewer = {
      threshold   = 200
      comparison  = "LessThanOrEqualToThreshold"
      adjustments = [{ lower = null, upper = 0, change = -1 }]
    }
  }

  # By age of the oldest message in seconds. Catches work that is slow but not many messages.
  scaling_by_age = {
    older = {
      threshold   = 300
      comparison  = "GreaterThanOrEqualToThreshold"
      adjustments = [{ lower = 0, upper = 1500, change = 1 }, { lower = 1500, upper = null, change = 2 }]
    }
  }
}

resource "aws_appautoscaling_policy" "worker" {
  for_each           = merge(local.scaling, local.scaling_by_age)
  name               = "${var.name}-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  resource_id        = aws_appautoscaling_target.worker.resource_id
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    cooldown                = 180
    metric_aggregation_type = "Average"

    dynamic "step_adjustment" {
      for_each = each.value.adjustments

      content {
        metric_interval_lower_bound = step_adjustment.value.lower
        metric_interval_upper_bound = step_adjustment.value.upper
        scaling_adjustment          = step_adjustment.value.change
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "scaling" {
  for_each            = local.scaling
  alarm_name          = "${var.name}-scaling-${each.key}"
  alarm_description   = "Changes the number of workers. Not for people."
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.worker[each.key].arn]
  tags                = local.tags

  metric_query {
    id          = "waiting"
    expression  = local.waiting
    return_data = true
  }

  dynamic "metric_query" {
    for_each = aws_sqs_queue.this

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/SQS"
        metric_name = "ApproximateNumberOfMessagesVisible"
        period      = 60
        stat        = "Average"
        dimensions  = { QueueName = metric_query.value.name }
      }
    }
  }

  metric_query {
    id = "tasks"

    metric {
      namespace   = "ECS/ContainerInsights"
      metric_name = "RunningTaskCount"
      period      = 60
      stat        = "Average"
      dimensions  = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.worker.name }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "scaling_by_age" {
  for_each            = local.scaling_by_age
  alarm_name          = "${var.name}-scaling-${each.key}"
  alarm_description   = "Changes the number of workers. Not for people."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this["live"].name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.worker[each.key].arn]
  tags                = local.tags
}

# `maintain`, every night.
data "aws_iam_policy_document" "scheduler_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name_prefix        = "${var.name}-nightly-"
  assume_role_policy = data.aws_iam_policy_document.scheduler_assume.json
  tags               = local.tags
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    actions   = ["ecs:RunTask"]
    resources = [aws_ecs_task_definition.this["bulk"].arn]
  }

  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.task["bulk"].arn, aws_iam_role.execution.arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_scheduler_schedule" "maintain" {
  name                = "${var.name}-maintain"
  description         = "Creates partitions for coming months, drops months past their retention"
  schedule_expression = "cron(30 4 * * ? *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this["bulk"].arn
      launch_type         = "FARGATE"
      group               = "aftercall-maintain"

      network_configuration {
        subnets         = local.work_ids
        security_groups = [aws_security_group.clients.id]
      }
    }
  }
}
