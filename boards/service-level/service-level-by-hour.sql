-- Entries in time, of those that the platform judged.
select $__timeGroupAlias(h.local_hour, '1h'),
       sum(h.in_sla)::float8 / nullif(sum(h.in_sla + h.out_sla), 0) as service_level
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between $__timeFrom()::date and $__timeTo()::date and $__timeFilter(h.local_hour)
  and h.source in (${source:sqlstring}) and h.channel in (${channel:sqlstring}) and q.name in (${queue:sqlstring})
group by 1
order by 1
