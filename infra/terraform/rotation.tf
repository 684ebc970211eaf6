# Monthly rotation of the passwords, by the function of AWS that the CDK uses, too. Two logins take turns: a password stays valid
# for a month after it is replaced, and every service starts again each week.
locals {
  has_rotation = var.rotation != null
  owner_secret = local.makes_database ? local.secrets.owner : null
  # Null without rotation.
  master_secret = try(coalesce(var.rotation.master_secret_arn, local.owner_secret), null)
  master_key    = try(coalesce(var.rotation.master_secret_key_arn, one(aws_kms_key.database[*].arn)), null)

  # Characters that a URL would have to encode.
  password_excludes = " %+~`#$&*()|[]{}:;<>?!'/@\"\\^=,"

  # Of the parts that run, by part. A migration takes the owner's login, which is not rotated.
  rotated_secrets = { for part in ["worker", "console", "publish"] : part => local.secrets[local.parts[part].secret] if local.has_rotation && contains(keys(local.made_parts), part) }

  restarted_services = { for part in keys(local.rotated_secrets) : part => "${var.name}-${part}" }
}

resource "aws_serverlessapplicationrepository_cloudformation_stack" "rotation" {
  count            = local.has_rotation ? 1 : 0
  name             = "${var.name}-rotation"
  application_id   = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationMultiUser"
  semantic_version = "1.1.671"
  capabilities     = ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"]
  tags             = local.tags

  parameters = merge(
    {
      endpoint            = "https://secretsmanager.${local.region}.${data.aws_partition.current.dns_suffix}"
      functionName        = "${var.name}-rotation"
      vpcSubnetIds        = join(",", local.work_ids)
      vpcSecurityGroupIds = aws_security_group.clients.id
      excludeCharacters   = local.password_excludes
      masterSecretArn     = local.master_secret
    },
    local.master_key == null ? {} : { masterSecretKmsKeyArn = local.master_key },
    length(local.login_keys) == 0 ? {} : { kmsKeyArn = local.login_keys[0] },
  )
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each            = local.rotated_secrets
  secret_id           = each.value
  rotation_lambda_arn = aws_serverlessapplicationrepository_cloudformation_stack.rotation[0].outputs["RotationLambdaARN"]
  # Before its login is made, a secret has no value.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = 30
  }
}

data "aws_iam_policy_document" "restart" {
  dynamic "statement" {
    for_each = length(local.restarted_services) == 0 ? [] : [1]

    content {
      actions   = ["ecs:UpdateService"]
      resources = [for service in local.restarted_services : "arn:${local.partition}:ecs:${local.region}:${local.account}:service/${aws_ecs_cluster.this.name}/${service}"]
    }
  }
}

resource "aws_iam_role" "restart" {
  count              = local.has_rotation ? 1 : 0
  name_prefix        = "${var.name}-weekly-"
  assume_role_policy = data.aws_iam_policy_document.scheduler_assume.json
  tags               = local.tags
}

resource "aws_iam_role_policy" "restart" {
  count  = local.has_rotation ? 1 : 0
  role   = aws_iam_role.restart[0].id
  policy = data.aws_iam_policy_document.restart.json
}

resource "aws_scheduler_schedule" "restart" {
  for_each            = local.restarted_services
  name                = "${var.name}-restart-${each.key}"
  description         = "Restarts tasks to use rotated passwords"
  schedule_expression = "cron(0 9 ? * TUE *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:ecs:updateService"
    role_arn = aws_iam_role.restart[0].arn
    input    = jsonencode({ Cluster = aws_ecs_cluster.this.name, Service = each.value, ForceNewDeployment = true })
  }
}
