import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';

/** Published contracts and recordings lie beside the checkout; a machine without them skips those tests aloud. */
const root = path.resolve(import.meta.dirname, '../../../shared/contracts');

/** The names in a folder of them. */
export const contractFiles = (folder: string): string[] => readdirSync(path.join(root, folder));
export const contractText = (file: string): string => readFileSync(path.join(root, file), 'utf8');
export const contractJson = (file: string): unknown => JSON.parse(contractText(file));

/**
 * A group of tests that read `folder`; skipped, with the reason in its name, where it is absent. What makes the tests
 * may read it too.
 */
export function describeContract(name: string, folder: string, tests: () => void): void {
  if (existsSync(path.join(root, folder))) describe(name, tests);
  else
    describe.skip(`${name} (skipped: ../shared/contracts/${folder} is not beside this checkout)`, () =>
      it('is not run', () => {}));
}

export interface OpenApi {
  /** The operation that serves a call, or undefined when the document knows none. */
  operationFor(method: string, pathname: string): Operation | undefined;
}
export interface Operation {
  template: string;
  queryNames: ReadonlySet<string>;
  requiredHeaders: readonly string[];
  /** Complaints about a body; empty when it is as documented. */
  checkRequest(body: unknown): string[];
  checkResponse(status: number, body: unknown): string[];
}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads an OpenAPI 3.0 document for checking. `overlay` may rewrite a schema node: a document's known gaps are
 * mended in the test that knows of them, never in the file.
 */
export function openApi(file: string, overlay: (node: Node) => Node | undefined = () => undefined): OpenApi {
  const document = convert(contractJson(file), overlay);
  if (!isNode(document) || !isNode(document['paths'])) throw new Error(`${file} has no paths`);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, validateSchema: false });
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  const complaints = (pointer: string, body: unknown): string[] => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, validate);
    return validate(body)
      ? []
      : (validate.errors ?? []).map(
          (error) => `${error.instancePath || '(body)'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
        );
  };
  const shapes = Object.entries(document['paths']).map(([template, item]) => ({
    template,
    item,
    shape: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '([^?]+?)')}$`),
  }));

  return {
    operationFor: (method, pathname) => {
      const candidates = shapes.filter(
        ({ shape, item }) => shape.test(pathname) && isNode(item) && isNode(item[method.toLowerCase()]),
      );
      // `/issue/{key}` also fits `/issue/K-1/comment`: the template with the most fixed text is meant.
      const [best] = candidates.toSorted(
        (a, b) => b.template.replace(/\{[^}]+\}/g, '').length - a.template.replace(/\{[^}]+\}/g, '').length,
      );
      if (!best || !isNode(best.item)) return undefined;
      const operation = best.item[method.toLowerCase()] as Node;
      const pointer = `/paths/${best.template.replaceAll('~', '~0').replaceAll('/', '~1')}/${method.toLowerCase()}`;
      const parameters = [
        ...((best.item['parameters'] as Node[] | undefined) ?? []),
        ...((operation['parameters'] as Node[] | undefined) ?? []),
      ];
      const mediaOf = (place: unknown) =>
        Object.keys((isNode(place) && isNode(place['content']) && place['content']) || {})[0];
      const bodyPointer = (at: string, place: unknown) => {
        const media = mediaOf(place);
        return media === undefined
          ? undefined
          : `${pointer}/${at}/content/${encodeURIComponent(media.replaceAll('~', '~0').replaceAll('/', '~1'))}/schema`;
      };
      return {
        template: best.template,
        queryNames: new Set(
          parameters.filter((parameter) => parameter['in'] === 'query').map((parameter) => String(parameter['name'])),
        ),
        requiredHeaders: parameters
          .filter((parameter) => parameter['in'] === 'header' && parameter['required'] === true)
          .map((parameter) => String(parameter['name'])),
        checkRequest: (body) => {
          const at = bodyPointer('requestBody', operation['requestBody']);
          return at === undefined
            ? body === undefined
              ? []
              : ['a body is sent where none is documented']
            : complaints(at, body);
        },
        checkResponse: (status, body) => {
          const responses = operation['responses'];
          const response = isNode(responses) ? responses[String(status)] : undefined;
          const at = bodyPointer(`responses/${status}`, response);
          return response === undefined
            ? [`status ${status} is not documented`]
            : at === undefined
              ? []
              : complaints(at, body);
        },
      };
    },
  };
}

/** OpenAPI 3.0's own words (`nullable`, exclusive limits as booleans) in those of JSON Schema. */
function convert(value: unknown, overlay: (node: Node) => Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => convert(each, overlay));
  if (!isNode(value)) return value;
  const mended = overlay(value);
  if (mended) return mended;
  const node: Node = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, convert(each, overlay)]));
  if (node['exclusiveMinimum'] === true) node['exclusiveMinimum'] = node['minimum'];
  if (node['exclusiveMaximum'] === true) node['exclusiveMaximum'] = node['maximum'];
  return node['nullable'] === true ? { anyOf: [{ ...node, nullable: undefined }, { type: 'null' }] } : node;
}
