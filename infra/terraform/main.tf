data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account     = data.aws_caller_identity.current.account_id
  region      = data.aws_region.current.region
  partition   = data.aws_partition.current.partition
  bucket_arn  = "arn:${local.partition}:s3:::${var.bucket.name}"
  bucket_key  = var.bucket.create ? one(aws_kms_key.bucket[*].arn) : var.bucket.kms_key_arn
  object_arns = [for source in var.sources : "${local.bucket_arn}/${source.prefix}*"]
  has_console = nonsensitive(var.console != null)
  tags        = merge({ application = "aftercall" }, var.tags)
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  tags = local.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
