select * from {{ source('aftercall', 'metric') }}
