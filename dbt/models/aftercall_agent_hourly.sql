select * from {{ source('aftercall', 'agent_hourly') }}
