# aftercall.yaml of the tasks, as JSON, which is YAML. User and password are not in it: they come from the environment, and need
# no percent-encoding there.
locals {
  folder = "/run/aftercall"

  own_config = {
    database = {
      url       = "postgres://${local.database_host}:${var.database.port}/${var.database.name}"
      tls       = "verify"
      tlsCaFile = "/run/aftercall/rds-ca.pem"
      poolMax   = 4
    }
    queues = {
      live     = { url = aws_sqs_queue.this["live"].url }
      backfill = { url = aws_sqs_queue.this["backfill"].url }
    }
    sources   = local.source_settings
    reconcile = { every = "24h" }
  }

  source_settings = [for source in var.sources : merge(
    { name = source.name, bucket = var.bucket.name, prefix = source.prefix },
    source.time_zone == null ? {} : { timeZone = source.time_zone },
    source.retention_months == null ? {} : { retentionMonths = source.retention_months },
  )]

  config = merge(local.own_config, var.settings)

  console_settings = {
    host         = "0.0.0.0"
    port         = 8080
    hosts        = local.has_console ? [nonsensitive(var.console.domain_name)] : []
    identity     = { alb = one(aws_lb.console[*].arn) }
    actors       = local.has_console ? nonsensitive(var.console.actors) : []
    quietMinutes = max(1, var.alarms.quiet_minutes_max)
  }

  write_files = <<-SCRIPT
    const { chmodSync, writeFileSync } = require('node:fs')
    const { FOLDER, SCRATCH, CONFIG_TEXT, CA_TEXT } = process.env
    writeFileSync(FOLDER + '/aftercall.yaml', CONFIG_TEXT)
    writeFileSync(FOLDER + '/rds-ca.pem', CA_TEXT)
    chmodSync(SCRATCH, 0o1777)
  SCRIPT

  # Fargate volumes belong to root and the command runs as another user, so this container writes its files.
  files_container = {
    name                   = "Files"
    image                  = var.image
    essential              = false
    user                   = "0"
    entryPoint             = ["node", "-e"]
    command                = [local.write_files]
    readonlyRootFilesystem = true
    mountPoints = [
      { sourceVolume = "files", containerPath = local.folder, readOnly = false },
      { sourceVolume = "tmp", containerPath = "/tmp", readOnly = false },
    ]
  }

  aftercall_container = {
    name                   = "Aftercall"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    # Fargate kills the task after this time; worker.graceSeconds is 25.
    stopTimeout = 30
    environment = [{ name = "AFTERCALL_CONFIG", value = "/run/aftercall/aftercall.yaml" }]
    dependsOn   = [{ containerName = "Files", condition = "SUCCESS" }]
    mountPoints = [
      { sourceVolume = "files", containerPath = local.folder, readOnly = true },
      { sourceVolume = "tmp", containerPath = "/tmp", readOnly = false },
    ]
  }

  # Each part has a login of its own.
  parts = {
    worker  = { secret = "loader", command = ["worker"], cpu = 1024, memory = 4096 }
    bulk    = { secret = "loader", command = ["maintain"], cpu = 512, memory = 2048 }
    migrate = { secret = "owner", command = ["migrate"], cpu = 512, memory = 2048 }
    console = { secret = "operator", command = ["console"], cpu = 256, memory = 512 }
    publish = { secret = "publisher", command = ["publish", "--to", local.lake, "--every", local.publish_every], cpu = 512, memory = 2048 }
  }
  is_made = {
    console = local.has_console
    publish = var.publish != null
  }
  made_parts = { for name, part in local.parts : name => part if lookup(local.is_made, name, true) }

  part_config = { for name, part in local.made_parts : name => jsonencode(merge(
    local.config,
    name == "console" ? { console = merge(try(var.settings.console, {}), local.console_settings) } : {},
  )) }
}
