locals {
  makes_database = var.database.host == null
  database_host  = local.makes_database ? one(aws_rds_cluster.this[*].endpoint) : var.database.host
  server_group   = local.makes_database ? one(aws_security_group.database[*].id) : var.database.security_group_id
  cluster_name   = local.makes_database ? one(aws_rds_cluster.this[*].cluster_identifier) : var.database.cluster_identifier

  secrets = {
    owner    = local.makes_database ? aws_rds_cluster.this[0].master_user_secret[0].secret_arn : var.database.owner_secret_arn
    loader   = coalesce(var.database.loader_secret_arn, one(aws_secretsmanager_secret.loader[*].arn))
    operator = coalesce(var.database.operator_secret_arn, one(aws_secretsmanager_secret.operator[*].arn))
    # Null without a lake.
    publisher = try(coalesce(var.database.publisher_secret_arn, one(aws_secretsmanager_secret.publisher[*].arn)), null)
  }
  makes_publisher_secret = var.publish != null && var.database.publisher_secret_arn == null
  makes_secrets          = var.database.loader_secret_arn == null || var.database.operator_secret_arn == null || local.makes_publisher_secret
  login_keys             = concat(var.database.secret_key_arns, aws_kms_key.database[*].arn)
  secret_keys            = concat(local.login_keys, [for secret in var.secrets : secret.key_arn if secret.key_arn != null])
}

# For a new server, and for secrets that are made here.
resource "aws_kms_key" "database" {
  count               = local.makes_database || local.makes_secrets ? 1 : 0
  description         = "Warehouse, its backups and its passwords"
  enable_key_rotation = true
  tags                = local.tags
}

# Without a value, so that no password is in the state.
resource "aws_secretsmanager_secret" "loader" {
  count       = var.database.loader_secret_arn == null ? 1 : 0
  name_prefix = "${var.name}-loader-"
  description = "{\"username\": \"…\", \"password\": \"…\"} of the workers' login"
  kms_key_id  = aws_kms_key.database[0].arn
  tags        = local.tags
}

resource "aws_secretsmanager_secret" "operator" {
  count       = var.database.operator_secret_arn == null ? 1 : 0
  name_prefix = "${var.name}-operator-"
  description = "{\"username\": \"…\", \"password\": \"…\"} of the console's login"
  kms_key_id  = aws_kms_key.database[0].arn
  tags        = local.tags
}

resource "aws_secretsmanager_secret" "publisher" {
  count       = local.makes_publisher_secret ? 1 : 0
  name_prefix = "${var.name}-publisher-"
  description = "{\"username\": \"…\", \"password\": \"…\"} of the publisher's login"
  kms_key_id  = aws_kms_key.database[0].arn
  tags        = local.tags
}

resource "aws_security_group" "clients" {
  name        = "${var.name}-clients"
  description = "Clients of the warehouse"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_security_group" "console" {
  count       = local.has_console ? 1 : 0
  name        = "${var.name}-console"
  description = "The console"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_vpc_security_group_egress_rule" "clients" {
  security_group_id = aws_security_group.clients.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "console" {
  count             = local.has_console ? 1 : 0
  security_group_id = aws_security_group.console[0].id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "database_clients" {
  security_group_id            = local.server_group
  referenced_security_group_id = aws_security_group.clients.id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

resource "aws_vpc_security_group_ingress_rule" "database_console" {
  count                        = local.has_console ? 1 : 0
  security_group_id            = local.server_group
  referenced_security_group_id = aws_security_group.console[0].id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

resource "aws_security_group" "database" {
  count       = local.makes_database ? 1 : 0
  name        = "${var.name}-database"
  description = "The warehouse"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_db_subnet_group" "this" {
  count      = local.makes_database ? 1 : 0
  name       = var.name
  subnet_ids = local.work_ids
  tags       = local.tags
}

resource "aws_rds_cluster_parameter_group" "this" {
  count  = local.makes_database ? 1 : 0
  name   = var.name
  family = "aurora-postgresql17"
  tags   = local.tags

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # Errors would quote values from rows.
  parameter {
    name  = "log_error_verbosity"
    value = "terse"
  }

  parameter {
    name  = "log_min_error_statement"
    value = "panic"
  }
}

resource "aws_rds_cluster" "this" {
  count                           = local.makes_database ? 1 : 0
  cluster_identifier              = var.name
  engine                          = "aurora-postgresql"
  engine_version                  = "17.9"
  database_name                   = var.database.name
  port                            = var.database.port
  master_username                 = "aftercall_master"
  manage_master_user_password     = true
  master_user_secret_kms_key_id   = aws_kms_key.database[0].arn
  db_subnet_group_name            = aws_db_subnet_group.this[0].name
  vpc_security_group_ids          = [aws_security_group.database[0].id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this[0].name
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.database[0].arn
  deletion_protection             = true
  backup_retention_period         = 14
  preferred_backup_window         = "01:00-02:00"
  preferred_maintenance_window    = "sun:03:00-sun:04:00"
  copy_tags_to_snapshot           = true
  enabled_cloudwatch_logs_exports = ["postgresql"]
  final_snapshot_identifier       = "${var.name}-last"
  tags                            = local.tags

  serverlessv2_scaling_configuration {
    min_capacity = var.database.capacity_min
    max_capacity = var.database.capacity_max
  }
}

resource "aws_rds_cluster_instance" "this" {
  for_each                        = local.makes_database ? toset(["writer", "standby"]) : toset([])
  identifier                      = "${var.name}-${each.value}"
  cluster_identifier              = aws_rds_cluster.this[0].id
  engine                          = aws_rds_cluster.this[0].engine
  instance_class                  = "db.serverless"
  promotion_tier                  = 1
  publicly_accessible             = false
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.database[0].arn
  tags                            = local.tags
}
