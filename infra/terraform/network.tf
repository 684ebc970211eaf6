# A new VPC, if none is given: public subnets for NAT gateways and load balancers, work subnets for tasks and the database.
locals {
  makes_vpc  = var.network.vpc_id == null
  zones      = local.makes_vpc ? var.network.zones : []
  nat_zones  = var.network.nat_gateway_by_zone ? local.zones : slice(local.zones, 0, min(1, length(local.zones)))
  vpc_id     = local.makes_vpc ? one(aws_vpc.this[*].id) : var.network.vpc_id
  work_ids   = local.makes_vpc ? [for zone in local.zones : aws_subnet.work[zone].id] : var.network.work_subnet_ids
  public_ids = local.makes_vpc ? [for zone in local.zones : aws_subnet.public[zone].id] : coalesce(var.network.public_subnet_ids, [])
}

resource "aws_vpc" "this" {
  count                = local.makes_vpc ? 1 : 0
  cidr_block           = var.network.cidr
  enable_dns_hostnames = true
  tags                 = merge(local.tags, { Name = var.name })
}

resource "aws_subnet" "public" {
  for_each          = toset(local.zones)
  vpc_id            = local.vpc_id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.network.cidr, 4, index(local.zones, each.value))
  tags              = merge(local.tags, { Name = "${var.name}-public-${each.value}" })
}

resource "aws_subnet" "work" {
  for_each          = toset(local.zones)
  vpc_id            = local.vpc_id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.network.cidr, 2, 1 + index(local.zones, each.value))
  tags              = merge(local.tags, { Name = "${var.name}-work-${each.value}" })
}

resource "aws_internet_gateway" "this" {
  count  = local.makes_vpc ? 1 : 0
  vpc_id = local.vpc_id
  tags   = local.tags
}

resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)
  domain   = "vpc"
  tags     = local.tags
}

resource "aws_nat_gateway" "this" {
  for_each      = toset(local.nat_zones)
  subnet_id     = aws_subnet.public[each.value].id
  allocation_id = aws_eip.nat[each.value].id
  tags          = local.tags
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  count  = local.makes_vpc ? 1 : 0
  vpc_id = local.vpc_id
  tags   = local.tags
}

resource "aws_route" "public" {
  count                  = local.makes_vpc ? 1 : 0
  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  for_each       = toset(local.zones)
  route_table_id = aws_route_table.public[0].id
  subnet_id      = aws_subnet.public[each.value].id
}

resource "aws_route_table" "work" {
  for_each = toset(local.zones)
  vpc_id   = local.vpc_id
  tags     = local.tags
}

resource "aws_route" "work" {
  for_each               = toset(local.zones)
  route_table_id         = aws_route_table.work[each.value].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.network.nat_gateway_by_zone ? each.value : local.nat_zones[0]].id
}

resource "aws_route_table_association" "work" {
  for_each       = toset(local.zones)
  route_table_id = aws_route_table.work[each.value].id
  subnet_id      = aws_subnet.work[each.value].id
}

# Objects are fetched through this endpoint; otherwise the NAT gateway would charge for every byte.
resource "aws_vpc_endpoint" "s3" {
  count           = local.makes_vpc ? 1 : 0
  vpc_id          = local.vpc_id
  service_name    = "com.amazonaws.${local.region}.s3"
  route_table_ids = [for zone in local.zones : aws_route_table.work[zone].id]
  tags            = local.tags
}
