# `aftercall publish`: a Parquet copy of `analytics`, in a bucket that is there already.
locals {
  lake          = var.publish == null ? "" : "s3://${var.publish.bucket_name}/${var.publish.prefix}"
  publish_every = var.publish == null ? "15m" : var.publish.every
  # One or none.
  lakes = var.publish == null ? [] : [var.publish]
}

# Rights below the prefix of the lake, and no others.
data "aws_iam_policy_document" "publish" {
  dynamic "statement" {
    for_each = local.lakes

    content {
      actions   = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      resources = ["arn:${local.partition}:s3:::${statement.value.bucket_name}/${statement.value.prefix}/*"]
    }
  }

  dynamic "statement" {
    for_each = local.lakes

    content {
      actions   = ["s3:ListBucket"]
      resources = ["arn:${local.partition}:s3:::${statement.value.bucket_name}"]

      # "IfExists", because a GET has no prefix; otherwise a manifest that is not there yet would look like denied access.
      condition {
        test     = "StringLikeIfExists"
        variable = "s3:prefix"
        values   = ["${statement.value.prefix}/*"]
      }
    }
  }

  # A multipart upload needs the key again for each part.
  dynamic "statement" {
    for_each = [for lake in local.lakes : lake.kms_key_arn if lake.kms_key_arn != null]

    content {
      actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "publish" {
  count  = length(local.lakes)
  role   = aws_iam_role.task["publish"].id
  policy = data.aws_iam_policy_document.publish.json
}

# While an apply starts a new task, that one waits for the old one.
resource "aws_ecs_service" "publish" {
  count                              = length(local.lakes)
  name                               = "${var.name}-publish"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this["publish"].arn
  launch_type                        = "FARGATE"
  desired_count                      = 1
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
}
