-- Consumers who came back within seven days. It reads sessions, not rollups, and needs identity.key.
select r.source,
       sum(r.contacts)::bigint as contacts,
       sum(r.repeated)::bigint as repeated,
       sum(r.repeated)::float8 / nullif(sum(r.contacts), 0) as repeat_share
from analytics.repeat_contacts($__timeFrom()::date, $__timeTo()::date, interval '7 days', false) r
where r.source in (${source:sqlstring})
group by 1
order by 1
