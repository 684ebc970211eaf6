-- Quality and customers: Transfers by target. Where transfers went, and how many were completed.
select d.target_kind, sum(d.transfers)::bigint as transfers,
       sum(d.completed)::float8 / nullif(sum(d.transfers), 0) as completed_share,
       coalesce(sum(d.transfers) filter (where d.is_cold), 0)::float8 / nullif(sum(d.transfers), 0) as cold_share,
       sum(d.wait_sum)::float8 / nullif(sum(d.waits), 0) as average_wait
from analytics.transfer_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1
order by 2 desc, 1
