select * from {{ source('aftercall', 'half_hour') }}
