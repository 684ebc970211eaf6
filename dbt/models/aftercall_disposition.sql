select * from {{ source('aftercall', 'disposition') }}
