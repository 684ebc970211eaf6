-- Quality and customers: Dispositions. A session counts once for each code.
select d.list, d.code, sum(d.sessions)::bigint as sessions
from analytics.disposition_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
group by 1, 2
order by 3 desc, 1, 2
limit 25
