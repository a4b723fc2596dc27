/** How long hardware takes, in its own seconds; the lab's speed divides them. */
export const takes = {
  bmcStart: 60,
  bmcRestart: 90,
  dhcpRetry: 10,
  powerOn: 3,
  post: 90,
  gracefulShutdown: 30,
  networkBoot: 40,
  reportRetry: 10,
  jobQuestion: 10,
  linkTest: 60,
  firmwareStaging: 60,
  firmwareFlash: 120,
  bmcFlash: 180,
  erase: 120,
} as const;
