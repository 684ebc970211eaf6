# The bucket, if it is made here: private, encrypted, TLS only, and kept when the module is destroyed.
resource "aws_kms_key" "bucket" {
  count               = var.bucket.create ? 1 : 0
  description         = "Objects of ${var.bucket.name}"
  enable_key_rotation = true
  tags                = local.tags
}

resource "aws_s3_bucket" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = var.bucket.name
  tags   = local.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = var.bucket.create ? 1 : 0
  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  rule {
    # One KMS request for many objects instead of one each.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.bucket[0].arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }

  dynamic "rule" {
    for_each = var.bucket.expire_days == null ? [] : [var.bucket.expire_days]

    content {
      id     = "old-files"
      status = "Enabled"
      filter {}

      expiration {
        days = rule.value
      }
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

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

resource "aws_s3_bucket_policy" "this" {
  count  = var.bucket.create ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  policy = data.aws_iam_policy_document.bucket.json
}

# S3 checks that it may send to the queue, so the policy must be there first.
resource "aws_s3_bucket_notification" "this" {
  count       = var.bucket.create ? 1 : 0
  bucket      = aws_s3_bucket.this[0].id
  eventbridge = var.announce == "eventbridge"
  depends_on  = [aws_sqs_queue_policy.this]

  dynamic "queue" {
    for_each = var.announce == "direct" ? var.sources : []

    content {
      queue_arn     = aws_sqs_queue.this["live"].arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = queue.value.prefix
    }
  }
}

resource "aws_cloudwatch_event_rule" "new_objects" {
  count       = var.announce == "eventbridge" ? 1 : 0
  name        = "${var.name}-new-objects"
  description = "New objects of ${var.bucket.name} for the live queue"
  tags        = local.tags

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    account     = [coalesce(var.bucket.owner_account, local.account)]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [var.bucket.name] }
      object = { key = [for source in var.sources : { prefix = source.prefix }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "new_objects" {
  count = var.announce == "eventbridge" ? 1 : 0
  rule  = aws_cloudwatch_event_rule.new_objects[0].name
  arn   = aws_sqs_queue.this["live"].arn
}
