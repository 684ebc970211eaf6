select * from {{ source('aftercall', 'queue_hourly') }}
