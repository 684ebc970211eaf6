-- Service level: Entries by outcome. Every entry has one outcome, so the parts add up to the entries.
select date_trunc('hour', h.local_hour) as "time",
       sum(h.answered)::float8 as answered,
       sum(h.abandoned)::float8 as abandoned,
       sum(h.entries - h.answered - h.abandoned)::float8 as other
from analytics.queue_hourly h
join analytics.queue q using (source, menu_path_id)
where h.local_day between {{from}} and {{to}}
  [[and h.source = {{source}}]] [[and h.channel = {{channel}}]] [[and q.name = {{queue}}]]
group by 1
order by 1
