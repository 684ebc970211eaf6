select * from {{ source('aftercall', 'disposition_hourly') }}
