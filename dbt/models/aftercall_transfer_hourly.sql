select * from {{ source('aftercall', 'transfer_hourly') }}
