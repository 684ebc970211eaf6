select * from {{ source('aftercall', 'barge') }}
