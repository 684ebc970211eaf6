-- Up to when the counts of the boards are current.
select f.source, f.channel, f.newest_session_created_at, f.rollups_current_to, f.changed_hours_waiting
from analytics.freshness f
where f.source in (${source:sqlstring}) and f.channel in (${channel:sqlstring})
order by 1, 2
