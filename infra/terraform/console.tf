# The load balancer of the console: HTTPS only, and only for people who are signed in.
locals {
  listener_cidrs = local.has_console ? toset(nonsensitive(var.console.allowed_cidrs)) : toset([])
}

resource "aws_security_group" "balancer" {
  count       = local.has_console ? 1 : 0
  name        = "${var.name}-balancer"
  description = "Readers of the console"
  vpc_id      = local.vpc_id
  tags        = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each          = local.listener_cidrs
  security_group_id = aws_security_group.balancer[0].id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# To the console, and to the identity provider.
resource "aws_vpc_security_group_egress_rule" "balancer" {
  count             = local.has_console ? 1 : 0
  security_group_id = aws_security_group.balancer[0].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "console" {
  count                        = local.has_console ? 1 : 0
  security_group_id            = aws_security_group.console[0].id
  referenced_security_group_id = aws_security_group.balancer[0].id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_lb" "console" {
  count                      = local.has_console ? 1 : 0
  name                       = "${var.name}-console"
  internal                   = var.console.internal
  subnets                    = nonsensitive(var.console.internal) ? local.work_ids : local.public_ids
  security_groups            = [aws_security_group.balancer[0].id]
  drop_invalid_header_fields = true
  enable_deletion_protection = true
  tags                       = local.tags
}

resource "aws_lb_target_group" "console" {
  count                = local.has_console ? 1 : 0
  name                 = "${var.name}-console"
  vpc_id               = local.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 8080
  deregistration_delay = 10
  tags                 = local.tags

  health_check {
    path                = "/readyz"
    interval            = 30
    healthy_threshold   = 2
    unhealthy_threshold = 10
  }
}

resource "aws_lb_listener" "console" {
  count             = local.has_console ? 1 : 0
  load_balancer_arn = aws_lb.console[0].arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.console.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  tags              = local.tags

  default_action {
    type  = "authenticate-oidc"
    order = 1

    authenticate_oidc {
      issuer                 = var.console.oidc.issuer
      authorization_endpoint = var.console.oidc.authorization_endpoint
      token_endpoint         = var.console.oidc.token_endpoint
      user_info_endpoint     = var.console.oidc.user_info_endpoint
      client_id              = var.console.oidc.client_id
      client_secret          = var.console.oidc.client_secret
      # The console names people by their e-mail address.
      scope = "openid email"
      # One working day, because with the default of a week, people who have left could still read.
      session_timeout = 43200
    }
  }

  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.console[0].arn
  }
}

resource "aws_ecs_service" "console" {
  count                              = local.has_console ? 1 : 0
  name                               = "${var.name}-console"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this["console"].arn
  launch_type                        = "FARGATE"
  desired_count                      = 1
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  propagate_tags                     = "SERVICE"
  tags                               = local.tags
  depends_on                         = [aws_lb_listener.console]

  network_configuration {
    subnets         = local.work_ids
    security_groups = [aws_security_group.console[0].id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.console[0].arn
    container_name   = "Aftercall"
    container_port   = 8080
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
}
