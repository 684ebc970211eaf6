select * from {{ source('aftercall', 'deflection') }}
