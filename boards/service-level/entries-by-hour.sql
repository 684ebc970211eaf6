-- Every entry has one outcome, so the parts add up to the entries.
select $__timeGroupAlias(h.local_hour, '1h'),
       sum(h.answered)::float8 as answered,
       sum(h.abandoned)::float8 as abandoned,
       sum(h.entries - h.answered - h.abandoned)::float8 as other
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between $__timeFrom()::date and $__timeTo()::date and $__timeFilter(h.local_hour)
  and h.source in (${source:sqlstring}) and h.channel in (${channel:sqlstring}) and q.name in (${queue:sqlstring})
group by 1
order by 1
