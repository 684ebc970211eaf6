-- Entries by hour of the tenant's clock, over all days.
select to_char(h.local_hour, 'HH24') as hour,
       sum(h.entries)::bigint as entries,
       sum(h.abandoned)::bigint as abandoned
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between $__timeFrom()::date and $__timeTo()::date and $__timeFilter(h.local_hour)
  and h.source in (${source:sqlstring}) and h.channel in (${channel:sqlstring}) and q.name in (${queue:sqlstring})
group by 1
order by 1
