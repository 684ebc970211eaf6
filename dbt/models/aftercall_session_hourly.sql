select * from {{ source('aftercall', 'session_hourly') }}
