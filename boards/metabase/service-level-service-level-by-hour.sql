-- Service level: Service level. Entries in time, of those that the platform judged.
select date_trunc('hour', h.local_hour) as "time",
       sum(h.in_sla)::float8 / nullif(sum(h.in_sla + h.out_sla), 0) as service_level
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between {{from}} and {{to}}
  [[and h.source = {{source}}]] [[and h.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
