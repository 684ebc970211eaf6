import { z } from 'zod'
import { listenAddress } from './listen-address.ts'

/** The key `console`. */
export const consoleSchema = listenAddress(8080).extend({
  /** Host names that browsers may use, in addition to localhost and IP addresses. */
  hosts: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
          'must be a host name in lower case, without scheme and port, for example aftercall.example.com',
        ),
    )
    .default([]),
  /** Who people are, from the proxy that signs them in. Without it, only people at this machine may ask for actions. */
  identity: z.exactOptional(
    z
      .strictObject({
        /** A header with one name, which the proxy sets and removes from what clients send. */
        header: z.exactOptional(
          z
            .string()
            .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header, for example x-auth-request-email'),
        ),
        /** The ARN of the load balancer that signs `x-amzn-oidc-data`. With both, the signed token decides. */
        alb: z.exactOptional(
          z
            .string()
            .regex(
              /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]{1,64}:\d{12}:loadbalancer\/app\/[\w-]{1,64}\/[0-9a-f]{1,64}$/,
              'must be the ARN of an application load balancer',
            ),
        ),
      })
      .refine(({ header, alb }) => header !== undefined || alb !== undefined, 'must have header or alb'),
  ),
  /** The names that may ask for actions. All others only read. */
  actors: z.array(z.string().min(1).max(200)).max(1_000).default([]),
  /** Above this number, a person types it to confirm an action. */
  actionsMax: z.int().min(1).max(1_000_000_000).default(10_000),
  /** How long a source may be silent before the console reports a problem. */
  quietMinutes: z.int().min(1).max(10_080).default(60),
})
