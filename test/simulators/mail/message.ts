// Just enough of RFC 5322 and MIME to read a plain-text mail.

export interface ReadMail {
  messageId: string;
  from: string;
  to: string;
  subject: string;
  text: string;
}

export function readMail(raw: string): ReadMail {
  const [head = '', ...rest] = raw.split(/\r?\n\r?\n/);
  const headers = new Map(
    head
      .replace(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/)
      .map(
        (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
      ),
  );
  const header = (name: string) => decodeWords(headers.get(name) ?? '');
  return {
    messageId: header('message-id').replace(/^<|>$/g, ''),
    from: header('from'),
    to: header('to'),
    subject: header('subject'),
    text: decodeBody(rest.join('\n\n'), headers.get('content-transfer-encoding') ?? '')
      .replace(/\r\n/g, '\n')
      .trimEnd(),
  };
}

function decodeBody(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  return /quoted-printable/i.test(encoding) ? quotedPrintable(body.replace(/=\r?\n/g, '')) : body;
}

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** `=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=` → `Grüße`. */
const decodeWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?[^?]+\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : quotedPrintable(word.replaceAll('_', ' ')),
    );
