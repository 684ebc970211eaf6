select * from {{ source('aftercall', 'sms') }}
