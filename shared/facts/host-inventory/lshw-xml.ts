/**
 * Reads the small part of XML that lshw writes (`lshw -xml`) into the shape of its JSON: no namespaces, no
 * CDATA, no document type. Text that is not XML of this kind throws.
 */
export function readLshwXml(xml: string): unknown {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, tag, close, name, attributes, selfClosing, text] of xml.matchAll(
    /(<\?[^<>]*\?>|<!--(?:(?!<!--)[\s\S])*?-->)|<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g,
  )) {
    const current = open.at(-1)!;
    if (tag) continue;
    if (text !== undefined) current.text += unescapeXml(text);
    else if (close) {
      if (current.name !== name) throw new SyntaxError(`</${name}> closes <${current.name}>`);
      open.pop();
    } else {
      const element: Element = { name: name!, attributes: attributesOf(attributes ?? ''), children: [], text: '' };
      current.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  const list = root.children[0];
  if (open.length !== 1 || !list) throw new SyntaxError(`<${open.at(-1)?.name}> is never closed`);
  return list.name === 'list' ? list.children.map(nodeOf) : nodeOf(list);
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

function nodeOf(element: Element): Record<string, unknown> {
  const node: Record<string, unknown> = {
    ...element.attributes,
    ...('claimed' in element.attributes && { claimed: element.attributes['claimed'] === 'true' }),
  };
  for (const child of element.children.filter((each) => each.name !== 'node')) {
    node[child.name] ??= child.children.length > 0 ? settingsOf(child) : child.text.trim();
  }
  return { ...node, children: element.children.filter((each) => each.name === 'node').map(nodeOf) };
}

/** `<setting id="link" value="yes"/>` and `<capability id="physical">Physical interface</capability>`. */
const settingsOf = (element: Element) =>
  Object.fromEntries(
    element.children.map((each) => [
      each.attributes['id'] ?? each.name,
      each.attributes['value'] ?? (each.text.trim() || true),
    ]),
  );

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescapeXml(value!)]));

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescapeXml = (text: string) =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    decimal
      ? String.fromCodePoint(Number(decimal))
      : hex
        ? String.fromCodePoint(Number.parseInt(hex, 16))
        : (entities[name] ?? whole),
  );
