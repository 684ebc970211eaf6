-- Quality and customers: Came back within seven days. Consumers who came back within seven days. It reads sessions, not rollups, and needs identity.key.
select r.source,
       sum(r.contacts)::bigint as contacts,
       sum(r.repeated)::bigint as repeated,
       sum(r.repeated)::float8 / nullif(sum(r.contacts), 0) as repeat_share
from analytics.repeat_contacts({{from}}, {{to}}, interval '7 days', false) r
where true [[and r.source = {{source}}]]
group by 1
order by 1
