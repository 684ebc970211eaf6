select * from {{ source('aftercall', 'session_daily') }}
