/** Where the management API is reached, as it is written into links. */
export interface ManagementAddress {
  /** The public base, without a slash at its end: `https://host/runtime/webhooks/durabletask`. */
  baseUrl: string;
  taskHub: string;
  /** The system key `durabletask_extension`, which public requests carry as `code`. */
  key?: string;
}

/** The links Azure hands out for an instance. */
export function instanceLinks(
  { baseUrl, taskHub, key }: ManagementAddress,
  instanceId: string,
): Record<string, string> {
  const query = new URLSearchParams({
    taskHub,
    connection: 'Storage',
    ...(key !== undefined && { code: key }),
  }).toString();
  const at = `${baseUrl}/instances/${encodeURIComponent(instanceId)}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${at}?${query}`,
    sendEventPostUri: `${at}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${at}/terminate?reason={text}&${query}`,
    rewindPostUri: `${at}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${at}?${query}`,
    restartPostUri: `${at}/restart?${query}`,
    suspendPostUri: `${at}/suspend?reason={text}&${query}`,
    resumePostUri: `${at}/resume?reason={text}&${query}`,
  };
}

/**
 * What a `durableClient` input binding holds, as JSON text for `{ string: … }`. With `rpcBaseUrl` (it must end in
 * `/`) the SDK's client sends everything there, under no key but what is in that URL; without it to the public
 * links. The host must set WEBSITE_HOSTNAME to its public host: where that is missing the SDK rewrites every link to
 * http://localhost:7071.
 */
export function clientBindingPayload(address: ManagementAddress, rpcBaseUrl?: string): string {
  const { baseUrl, taskHub, key } = address;
  const code = key === undefined ? '' : `code=${encodeURIComponent(key)}`;
  const waiting = 'timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}';
  const creation = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]?`;
  return JSON.stringify({
    taskHubName: taskHub,
    connectionName: null,
    baseUrl,
    // the client refuses an empty text here
    requiredQueryStringParameters: code || `taskHub=${encodeURIComponent(taskHub)}`,
    ...(rpcBaseUrl !== undefined && { rpcBaseUrl }),
    creationUrls: {
      createNewInstancePostUri: `${creation}${code}`,
      createAndWaitOnNewInstancePostUri: `${creation}${waiting}&${code}`,
    },
    managementUrls: instanceLinks(address, 'INSTANCEID'),
  });
}
