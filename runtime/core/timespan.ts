const pattern =
  /^(?:(?<days>\d+)\.)?(?<hours>\d{1,2}):(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2})(?:\.(?<fraction>\d{1,7}))?)?$/;

/**
 * A .NET TimeSpan as text, in milliseconds: `00:05:00`, `1.12:00:00`, `00:00:00.500`. Undefined when it is none.
 * .NET reads `24:00:00` as 24 days; nobody means that, so hours end at 23 and a day is written `1.00:00:00`.
 */
export function parseTimeSpan(text: string): number | undefined {
  const parts = pattern.exec(text.trim())?.groups;
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = [parts['days'], parts['hours'], parts['minutes'], parts['seconds']].map(
    (part) => Number(part ?? 0),
  ) as [number, number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const milliseconds = Math.round(Number(`0.${parts['fraction'] ?? 0}`) * 1000);
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}
