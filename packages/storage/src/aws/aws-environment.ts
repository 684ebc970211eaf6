/**
 * Addresses, proxies, and keys that stand in the environment itself, are read from it, so that a caller can point
 * elsewhere than the process's own environment. All the rest is the SDK's: its provider chain and its standard variables.
 */
export type AwsEnvironment = Readonly<Record<string, string | undefined>>
