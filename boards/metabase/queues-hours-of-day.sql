-- Queues: Entries by hour of the day. Entries by hour of the tenant's clock, over all days.
select to_char(h.local_hour, 'HH24') as hour,
       sum(h.entries)::bigint as entries,
       sum(h.abandoned)::bigint as abandoned
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between {{from}} and {{to}}
  [[and h.source = {{source}}]] [[and h.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
