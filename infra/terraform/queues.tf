# The live queue and that of backfills, each with dead letters, with settings that pass `aftercall doctor`.
resource "aws_sqs_queue" "dead_letters" {
  for_each = toset(["live", "backfill"])
  name     = "${var.name}-${each.value}-dead-letters"
  # 14 days: a dead letter keeps the age of its message, so it must be retained longer.
  message_retention_seconds = 1209600
  # 1 MiB, the maximum of SQS, as in the queue.
  max_message_size        = 1048576
  sqs_managed_sse_enabled = true
  tags                    = local.tags
}

resource "aws_sqs_queue" "this" {
  for_each = toset(["live", "backfill"])
  name     = "${var.name}-${each.value}"
  # 7 days.
  message_retention_seconds  = 604800
  visibility_timeout_seconds = 60
  receive_wait_time_seconds  = 20
  # A backfill sends messages up to the maximum of SQS.
  max_message_size = 1048576
  # With a KMS key, S3 and EventBridge would need rights to it; for alias/aws/sqs they can never get them.
  sqs_managed_sse_enabled = true
  tags                    = local.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.value].arn
    # A deployment uses up a receive of each message in flight.
    maxReceiveCount = local.receives_max
  })
}

locals {
  receives_max = 10
}

data "aws_iam_policy_document" "queue" {
  for_each = aws_sqs_queue.this

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "live" && var.announce == "direct" ? [1] : []

    content {
      sid       = "TheBucketMaySend"
      actions   = ["sqs:SendMessage"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = ["s3.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [local.bucket_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [coalesce(var.bucket.owner_account, local.account)]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "live" && var.announce == "eventbridge" ? [1] : []

    content {
      sid       = "TheRuleMaySend"
      actions   = ["sqs:SendMessage"]
      resources = [each.value.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [aws_cloudwatch_event_rule.new_objects[0].arn]
      }
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = aws_sqs_queue.this
  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "dead_letters" {
  for_each = aws_sqs_queue.dead_letters

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each  = aws_sqs_queue.dead_letters
  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.dead_letters[each.key].json
}
