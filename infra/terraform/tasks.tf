resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.made_parts
  name              = "/aftercall/${var.name}/${each.key}"
  retention_in_days = contains(["bulk", "migrate"], each.key) ? 90 : 30
  tags              = local.tags
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.made_parts
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task[each.key].arn
  tags                     = local.tags

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  volume {
    name = "files"
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode(concat([
    merge(local.files_container, {
      environment = [
        { name = "FOLDER", value = local.folder },
        { name = "SCRATCH", value = "/tmp" },
        { name = "CONFIG_TEXT", value = local.part_config[each.key] },
        { name = "CA_TEXT", value = var.database_certificates },
      ]
      logConfiguration = local.logging[each.key]
    }),
    merge(local.aftercall_container, {
      command = each.value.command
      # Only what has the loader's login maps documents.
      secrets = concat([
        { name = "PGUSER", valueFrom = "${local.secrets[each.value.secret]}:username::" },
        { name = "PGPASSWORD", valueFrom = "${local.secrets[each.value.secret]}:password::" },
      ], [for name, secret in var.secrets : { name = name, valueFrom = secret.secret_arn } if each.value.secret == "loader"])
      portMappings     = each.key == "console" ? [{ containerPort = 8080 }] : []
      logConfiguration = local.logging[each.key]
    }, each.key == "worker" ? { healthCheck = local.worker_health } : {}),
  ], each.key == "worker" ? local.collector_containers : []))
}

locals {
  worker_health = {
    command     = ["CMD", "node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
    interval    = 30
    retries     = 3
    startPeriod = 60
  }

  logging = { for name, part in local.made_parts : name => {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this[name].name
      awslogs-region        = local.region
      awslogs-stream-prefix = name
    }
  } }
}

data "aws_iam_policy_document" "tasks_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "execution" {
  name_prefix        = "${var.name}-start-"
  assume_role_policy = data.aws_iam_policy_document.tasks_assume.json
  tags               = local.tags
}

# Pulls the image, writes logs, and reads the logins.
data "aws_iam_policy_document" "execution" {
  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(local.ecr_repositories) == 0 ? [] : [1]

    content {
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = local.ecr_repositories
    }
  }

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
  }

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = concat([for part in local.made_parts : local.secrets[part.secret]], [for secret in var.secrets : secret.secret_arn])
  }

  dynamic "statement" {
    for_each = length(local.secret_keys) == 0 ? [] : [1]

    content {
      actions   = ["kms:Decrypt"]
      resources = local.secret_keys

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.amazonaws.com"]
      }
    }
  }
}

locals {
  # Null for an image that is public.
  ecr_parts        = [for image in compact([var.image, var.collector_image]) : try(regex("^(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com/([^:@]+)", image), null)]
  ecr_repositories = distinct([for parts in local.ecr_parts : "arn:${local.partition}:ecr:${parts[1]}:${parts[0]}:repository/${parts[2]}" if parts != null])
}

resource "aws_iam_role_policy" "execution" {
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  for_each           = local.made_parts
  name_prefix        = "${var.name}-${each.key}-"
  assume_role_policy = data.aws_iam_policy_document.tasks_assume.json
  tags               = local.tags
}

# What the worker may do: read its prefixes, and consume its queues.
data "aws_iam_policy_document" "reading" {
  statement {
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = local.object_arns
  }

  statement {
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]

    # "IfExists", because a GET has no prefix; otherwise a deleted object would look like denied access.
    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = [for source in var.sources : "${source.prefix}*"]
    }
  }

  dynamic "statement" {
    for_each = local.bucket_key == null ? [] : [local.bucket_key]

    content {
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "worker" {
  source_policy_documents = [data.aws_iam_policy_document.reading.json]

  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
    resources = [for queue in aws_sqs_queue.this : queue.arn]
  }

  statement {
    actions   = ["sqs:GetQueueAttributes"]
    resources = [for queue in aws_sqs_queue.dead_letters : queue.arn]
  }

  # The collector writes metrics into a log.
  dynamic "statement" {
    for_each = aws_cloudwatch_log_group.metrics

    content {
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${statement.value.arn}:*"]
    }
  }
}

# backfill, reconcile, replay and doctor, by hand.
data "aws_iam_policy_document" "bulk" {
  source_policy_documents = [data.aws_iam_policy_document.reading.json]

  statement {
    actions   = ["s3:GetBucketNotification", "s3:GetLifecycleConfiguration"]
    resources = [local.bucket_arn]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this["backfill"].arn]
  }

  # Replay receives and deletes dead letters; doctor counts waiting messages.
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
    resources = [for queue in aws_sqs_queue.dead_letters : queue.arn]
  }

  statement {
    actions   = ["sqs:GetQueueAttributes"]
    resources = [for queue in aws_sqs_queue.this : queue.arn]
  }
}

resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.task["worker"].id
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_iam_role_policy" "bulk" {
  role   = aws_iam_role.task["bulk"].id
  policy = data.aws_iam_policy_document.bulk.json
}
