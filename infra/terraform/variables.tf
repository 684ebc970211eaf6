variable "name" {
  type        = string
  description = "The prefix of all names: a-z, 0-9 and -."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "name must be up to 31 of a-z, 0-9 and -, and begin with a letter."
  }
}

variable "network" {
  type = object({
    vpc_id              = optional(string)
    work_subnet_ids     = optional(list(string))
    public_subnet_ids   = optional(list(string))
    cidr                = optional(string, "10.0.0.0/16")
    zones               = optional(list(string))
    nat_gateway_by_zone = optional(bool, false)
  })
  description = "A VPC that is there already: vpc_id, work_subnet_ids, and public_subnet_ids for a console on the internet. Its work subnets must reach SQS, Secrets Manager, CloudWatch, the registry of the images, and S3, best through a gateway endpoint. Or a new one: two zones, and a cidr of at least a /20."

  validation {
    condition     = var.network.vpc_id == null ? length(coalesce(var.network.zones, [])) == 2 : length(coalesce(var.network.work_subnet_ids, [])) >= 2
    error_message = "network needs two zones for a new VPC, or vpc_id with two or more work_subnet_ids."
  }
}

variable "bucket" {
  type = object({
    name          = string
    create        = optional(bool, false)
    owner_account = optional(string)
    kms_key_arn   = optional(string)
    expire_days   = optional(number)
  })
  description = "The bucket where session files land: made by the module, or one that is there already and only read. owner_account: of a bucket in another account. kms_key_arn: if objects are encrypted with a key of yours."
}

variable "announce" {
  type        = string
  default     = "direct"
  description = "How new objects reach the queue. direct: notifications of the bucket, which the module sets only on a bucket that it makes. eventbridge: a rule; turn EventBridge on for a bucket that is there already."

  validation {
    condition     = contains(["direct", "eventbridge"], var.announce)
    error_message = "announce must be direct or eventbridge."
  }
}

variable "sources" {
  type = list(object({
    name             = string
    prefix           = string
    time_zone        = optional(string)
    retention_months = optional(number)
  }))
  description = "Prefixes of the bucket, each a separate tenant. No prefix may begin with another."

  validation {
    condition     = length(var.sources) > 0 && alltrue([for one in var.sources : can(regex("^[a-z][a-z0-9_]{0,31}$", one.name))])
    error_message = "sources must have one or more elements; a name is up to 32 of a-z, 0-9 and _, beginning with a letter."
  }

  validation {
    condition     = alltrue([for i, one in var.sources : alltrue([for j, other in var.sources : i == j || !startswith(other.prefix, one.prefix)])])
    error_message = "No prefix of sources may begin with another: an object would belong to both."
  }
}

variable "database" {
  type = object({
    host                 = optional(string)
    port                 = optional(number, 5432)
    name                 = optional(string, "aftercall")
    security_group_id    = optional(string)
    owner_secret_arn     = optional(string)
    loader_secret_arn    = optional(string)
    operator_secret_arn  = optional(string)
    publisher_secret_arn = optional(string)
    secret_key_arns      = optional(list(string), [])
    cluster_identifier   = optional(string)
    capacity_min         = optional(number, 0.5)
    capacity_max         = optional(number, 8)
  })
  description = "A Postgres server that is there already, 15 or newer: host, security_group_id, owner_secret_arn, and cluster_identifier for alarms. Or a new Aurora cluster: capacity in ACU. Each secret has the keys username and password. A loader, operator or publisher secret that is not given is made without a value: store one, as README.md says."

  validation {
    condition     = var.database.host == null || (var.database.security_group_id != null && var.database.owner_secret_arn != null)
    error_message = "database: a server that is there already needs security_group_id and owner_secret_arn."
  }
}

variable "database_certificates" {
  type        = string
  description = "The certificate authorities of Amazon RDS in your Region, as PEM text: https://truststore.pki.rds.amazonaws.com/REGION/REGION-bundle.pem"

  validation {
    # ECS takes task definitions of up to 64 KiB.
    condition     = strcontains(var.database_certificates, "BEGIN CERTIFICATE") && length(var.database_certificates) <= 32768
    error_message = "database_certificates must be PEM text of at most 32768 bytes: use the bundle of your Region, not the global one."
  }
}

variable "image" {
  type        = string
  description = "The image of the aftercall command, by tag or digest."

  validation {
    condition     = can(regex("(:[^/:@]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image must name a tag other than latest, or a digest, so that an apply can be repeated."
  }
}

variable "architecture" {
  type        = string
  default     = "ARM64"
  description = "Of the image: ARM64 or X86_64."

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "architecture must be ARM64 or X86_64."
  }
}

variable "tasks" {
  type        = object({ min = number, max = number })
  default     = { min = 1, max = 4 }
  description = "How many workers run."

  validation {
    condition     = var.tasks.min >= 1 && var.tasks.max >= var.tasks.min
    error_message = "tasks.min must be 1 or more, and tasks.max at least that."
  }
}

variable "settings" {
  type        = any
  default     = {}
  description = "More keys of aftercall.yaml, for example { raw = \"all\" }."
}

variable "secrets" {
  type        = map(object({ secret_arn = string, key_arn = optional(string) }))
  default     = {}
  description = "Secrets for settings, by the variable that stands for them there: with IDENTITY_KEY here, set identity = { key = \"$${IDENTITY_KEY}\" } in settings. The whole value of the secret is the text. key_arn: its KMS key, unless it is aws/secretsmanager. Only workers and bulk tasks get them."

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "The keys of secrets must be names of variables, for example IDENTITY_KEY."
  }
}

variable "console" {
  type = object({
    domain_name     = string
    certificate_arn = string
    internal        = optional(bool, false)
    allowed_cidrs   = list(string)
    oidc = object({
      issuer                 = string
      authorization_endpoint = string
      token_endpoint         = string
      user_info_endpoint     = string
      client_id              = string
      client_secret          = string
    })
    actors = optional(list(string), [])
  })
  default     = null
  sensitive   = true
  description = "The web console behind a load balancer that signs people in. null: none. The client secret is kept in the state. actors: the e-mail addresses of those who may ask workers for actions; all others read."
}

variable "publish" {
  type = object({
    bucket_name = string
    prefix      = string
    kms_key_arn = optional(string)
    every       = optional(string, "15m")
  })
  default     = null
  description = "Keeps a Parquet copy of analytics below a prefix of a bucket that is there already (docs/lake.md). null: none. kms_key_arn: if the bucket encrypts with a key of yours. every: how long to wait between two turns."

  validation {
    condition     = var.publish == null ? true : can(regex("^[^/]+(/[^/]+)*$", var.publish.prefix)) && can(regex("^[1-9][0-9]*[smhd]$", var.publish.every))
    error_message = "publish.prefix must name a folder of the bucket, without a slash at its beginning or end, and publish.every be a duration such as 15m."
  }
}

variable "collector_image" {
  type        = string
  default     = "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib:0.156.0"
  description = "The OpenTelemetry collector next to each worker, which sends its metrics to CloudWatch. Workers start only if it can be pulled. null: none, and no alarms of workers' metrics."

  validation {
    condition     = var.collector_image == null ? true : can(regex("(:[^/:@]+|@sha256:[0-9a-f]{64})$", var.collector_image)) && !endswith(var.collector_image, ":latest")
    error_message = "collector_image must name a tag other than latest, or a digest."
  }
}

variable "rotation" {
  type = object({
    master_secret_arn     = optional(string)
    master_secret_key_arn = optional(string)
  })
  default     = null
  description = "Rotates the passwords of the logins each month, by a function of the Serverless Application Repository: two logins take turns. master_secret_arn: a secret of a login that may create roles; by default the master user of a new cluster. null: change passwords yourself."

  validation {
    condition     = var.rotation == null ? true : var.database.host == null || var.rotation.master_secret_arn != null
    error_message = "rotation.master_secret_arn is needed for a database that is there already."
  }
}

variable "alarms" {
  type = object({
    topic_arn            = optional(string)
    email                = optional(string)
    quiet_minutes_max    = optional(number, 360)
    freshness_seconds    = optional(number, 3600)
    rejected_percent_max = optional(number, 5)
    runbook_url          = optional(string, "docs/runbook.md")
  })
  default     = {}
  description = "topic_arn: an SNS topic that CloudWatch may publish to. email: the module makes a topic. freshness_seconds: 95 % of sessions are stored within this time after their end."

  validation {
    condition     = contains([300, 900, 3600, 21600, 86400], var.alarms.freshness_seconds)
    error_message = "alarms.freshness_seconds must be 300, 900, 3600, 21600 or 86400: the bounds that workers count by."
  }
}

variable "tags" {
  type        = map(string)
  default     = {}
  description = "For every resource."
}
