select * from {{ source('aftercall', 'recording') }}
